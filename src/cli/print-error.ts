import { GotError } from "../base/errors.ts";
import { printable } from "./printable.ts";

/** The one place where an error becomes text: a single line that names what is wrong and says what to do next. */
export function errorLine(error: GotError, options: { readonly color: boolean }): string {
  const label = options.color ? "\u001B[31mgot-hooks:\u001B[39m" : "got-hooks:";
  return `${label} ${oneLine(sentences(error))}\n`;
}

/** The same for programs, printed to stdout by `--json`. */
export function errorEnvelope(error: GotError, command: string | null): string {
  const { code, facts, message } = error;
  const text = [message, causeText(error)].filter((part) => part !== null).join(": ");
  return `${JSON.stringify({ version: 1, command, error: { code, message: text, hint: error.hint ?? null, facts } })}\n`;
}

/** Anything thrown, as the one error class: what is not a GotError is a fault of ours. */
export function toGotError(thrown: unknown): GotError {
  if (thrown instanceof GotError) return thrown;
  return new GotError("INTERNAL", "Internal error", {
    cause: thrown,
    hint: "This is a fault of got-hooks: run again with GOT_DEBUG=1 and report what it prints.",
  });
}

/** The stack, for `GOT_DEBUG=1`; causes included. */
export function errorStack(error: GotError): string {
  const stacks: string[] = [];
  for (let at: unknown = error; at instanceof Error && stacks.length < 10; at = at.cause)
    stacks.push(at.stack ?? String(at));
  return `${printable(stacks.join("\ncaused by "))}\n`;
}

function sentences(error: GotError): string {
  const cause = causeText(error);
  const message = cause === null ? error.message : `${error.message}: ${cause}`;
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return error.hint === undefined ? sentence : `${sentence} ${error.hint}`;
}

/** What lies below, unless the message already says it. */
function causeText(error: GotError): string | null {
  const { cause } = error;
  const text = cause instanceof Error ? cause.message : typeof cause === "string" ? cause : "";
  return text === "" || error.message.includes(text) ? null : text;
}

function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s*[\r\n]+\s*/g, " | "));
}
