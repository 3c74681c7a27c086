import { type Output, textOutput } from "../json/output.ts";

/** What a rule makes of a value that both sides changed: a value (none, if `output` is undefined), or nothing. */
export type RuleOutcome =
  | { readonly kind: "decided"; readonly output: Output | undefined; readonly text: string | null }
  | { readonly kind: "conflict"; readonly reason: string };

export function refuse(reason: string): RuleOutcome {
  return { kind: "conflict", reason };
}

/** Decides for a text that is written as it stands. */
export function decided(text: string): RuleOutcome {
  return { kind: "decided", output: textOutput(text), text };
}
