import { approvingPrefix } from "../../trust/approvals.ts";
import { printable } from "../printable.ts";

export interface TrustLine {
  readonly kind: string;
  readonly text: string;
  readonly hash: string;
  /** Whether `.got/config.json` proposes it now. */
  readonly proposed: boolean;
  /** When it was approved; null when it is not. */
  readonly since: string | null;
}

type Shown = Pick<TrustLine, "kind" | "text" | "hash">;

export function listText(lines: readonly TrustLine[]): string {
  if (lines.length === 0) return "Nothing is proposed here, and nothing approved.\n";
  return lines.map((line) => `${shown(line)}  ${stateOf(line)}\n`).join("");
}

function stateOf({ kind, since, proposed }: TrustLine): string {
  if (since === null) return `not approved: it never runs. Read it, then: got-hooks trust add ${kind}`;
  return `approved ${since}${proposed ? "" : ", but not proposed any more"}`;
}

export function askText(proposal: Shown): string {
  return `This repository proposes:\n${shown(proposal)}It runs with your rights. Approve exactly this text with\n  got-hooks trust add ${proposal.kind} --yes ${proposal.hash.slice(0, approvingPrefix)}\n`;
}

export function addedText(proposal: Shown): string {
  return `${shown(proposal)}  approved; any other text needs an approval of its own\n`;
}

export function revokedText(what: string, revoked: readonly Shown[]): string {
  if (revoked.length === 0) return printable(`Nothing is approved that ${what} names.\n`);
  return `${revoked.map(shown).join("")}  not approved any more\n`;
}

/** The exact text, line breaks and tabs visible too: what is approved must be what is seen. */
function shown({ kind, text, hash }: Shown): string {
  const visible = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return printable(`${kind}  ${hash.slice(0, approvingPrefix)}\n  ${visible}\n`);
}
