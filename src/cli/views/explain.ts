import type { Difference } from "../../audit/compare-records.ts";
import type { Loser } from "../../audit/loser.ts";
import type { Conflict, Decision } from "../../merge/merge-result.ts";
import type { DriverKind } from "../../model/policy.ts";
import { oneLine, printable } from "../printable.ts";
import { tableText } from "./table.ts";

export interface ExplainedPathData {
  readonly path: string;
  readonly driver: DriverKind;
  readonly outcome: "one-sided" | "merged" | "conflict" | "removed-and-changed" | "as-text" | "unread";
  readonly reason: string | null;
  readonly removedBy: "ours" | "theirs" | null;
  readonly decisions: readonly (Decision & { readonly lost: Loser })[];
  readonly conflicts: readonly Conflict[];
  readonly committed: "same" | "different" | "unknown";
  /** Null where the files can't be compared value by value. */
  readonly differences: readonly Difference[] | null;
}

export interface ExplainData {
  /** Null for a merge that is under way. */
  readonly commit: string | null;
  readonly underWay: string | null;
  readonly subject: string;
  readonly ours: string;
  readonly theirs: string;
  readonly bases: readonly string[];
  readonly paths: readonly ExplainedPathData[];
}

/** What rules decided, file by file: a table of what each side had, what it became and who lost. */
export function explainText(data: ExplainData): string {
  const title = data.commit === null ? `${data.underWay ?? "merge"} under way, of` : short(data.commit);
  const bases = data.bases.length > 1 ? `, ${data.bases.length} merge bases` : "";
  const head = `${title} ${data.subject}\n  ours ${short(data.ours)}, theirs ${short(data.theirs)}${bases}\n`;
  return printable(head + decidedText(data.paths));
}

/** The files of a merge, one after the other. */
export function decidedText(paths: readonly ExplainedPathData[]): string {
  if (paths.length === 0) return "No file that the drivers cover was changed on both sides.\n";
  return paths.map(pathText).join("");
}

function short(oid: string): string {
  return oid.slice(0, 10);
}

function pathText(path: ExplainedPathData): string {
  const { decisions, conflicts, differences } = path;
  const decided = tableText(
    ["at", "rule", "base", "ours", "theirs", "result", "lost"],
    decisions.map(({ at, element, rule, base, ours, theirs, result, lost }) => [
      placeText(at, element),
      rule,
      ...[base, ours, theirs, result].map(valueText),
      lost ?? "-",
    ]),
    { indent: "  ", cellLength: 32 },
  );
  const other = tableText(
    ["at", "the drivers give", "committed"],
    (differences ?? []).map(({ at, expected, committed }) => [at, valueText(expected), valueText(committed)]),
    { indent: "    " },
  );
  return [
    `\n${oneLine(path.path)} (${path.driver}): ${summaryOf(path)}\n`,
    decisions.length === 0 ? "" : decided,
    ...conflicts.map(({ at, element, reason }) => `  conflict at ${placeText(at, element)}: ${reason}\n`),
    path.committed === "different" ? `  what was committed is something else\n` : "",
    differences === null || differences.length === 0 ? "" : other,
  ].join("");
}

function summaryOf({ outcome, reason, removedBy, decisions }: ExplainedPathData): string {
  switch (outcome) {
    case "one-sided":
      return "only one side changed it";
    case "merged":
      return decisions.length === 0 ? "merged, no rule had to decide" : `merged, ${count(decisions.length)}`;
    case "conflict":
      return decisions.length === 0
        ? "a conflict was left"
        : `a conflict was left, ${count(decisions.length)}`;
    case "removed-and-changed":
      return `${removedBy ?? "one side"} removed it, the other side changed it: git asked no driver`;
    case "as-text":
      return `merged as text: ${reason ?? ""}`;
    case "unread":
      return `not looked into: ${reason ?? ""}`;
  }
}

function count(decisions: number): string {
  return decisions === 1 ? "1 decision" : `${decisions} decisions`;
}

function placeText(at: string, element: string | undefined): string {
  const place = at === "" ? "(all of it)" : at;
  return oneLine(element === undefined ? place : `${place} of ${element}`);
}

function valueText(value: string | null): string {
  return value ?? "(none)";
}
