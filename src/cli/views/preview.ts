import type { Preview, PreviewedFile, PreviewedMerge } from "../../preview/preview.ts";
import { printable } from "../printable.ts";

export interface PreviewData extends Preview {
  readonly matrix: boolean;
  readonly branches: readonly string[];
  readonly onto: string | null;
}

/** Each merge with its conflicts and with what rules would decide; of a matrix only the pairs that collide, and a count. */
export function previewText(data: PreviewData): string {
  return printable(data.matrix ? matrixText(data) : data.merges.map(mergeText).join("\n"));
}

function matrixText({ merges, branches }: PreviewData): string {
  const colliding = merges.filter(({ outcome }) => outcome === "conflict" || outcome === "unrelated");
  const decided = merges.filter(({ files }) => files.some(({ decisions }) => decisions.length > 0)).length;
  const lines = [
    `${branches.length} branches, ${merges.length} pairs: ${colliding.length} collide, in ${decided} a rule decides something.`,
  ];
  if (colliding.length > 0 && branches.length <= gridBranches) lines.push("", ...grid(branches, merges));
  for (const merge of colliding) lines.push("", ...mergeLines(merge));
  return `${lines.join("\n")}\n`;
}

/** More branches make a table that no terminal shows. */
const gridBranches = 30;

/** A row for each branch: `x` where two collide, `r` where a rule decides, `.` where they merge. */
function grid(branches: readonly string[], merges: readonly PreviewedMerge[]): string[] {
  const signs = new Map(merges.map((merge) => [`${merge.ours} ${merge.theirs}`, signOf(merge)]));
  const width = Math.max(...branches.map((name) => name.length));
  return branches.map((row, index) => {
    const cells = branches.map(
      (column) => signs.get(`${row} ${column}`) ?? signs.get(`${column} ${row}`) ?? "-",
    );
    return `${String(index + 1).padStart(2)} ${row.padEnd(width)}  ${cells.join(" ")}`;
  });
}

function signOf({ outcome, files }: PreviewedMerge): string {
  if (outcome === "conflict" || outcome === "unrelated") return "x";
  return files.some(({ decisions }) => decisions.length > 0) ? "r" : ".";
}

function mergeText(merge: PreviewedMerge): string {
  return `${mergeLines(merge).join("\n")}\n`;
}

function mergeLines({ ours, theirs, outcome, files }: PreviewedMerge): string[] {
  return [`${theirs} into ${ours}: ${outcomeWords(outcome)}`, ...files.flatMap(fileLines)];
}

function outcomeWords(outcome: PreviewedMerge["outcome"]): string {
  switch (outcome) {
    case "clean":
      return "merges";
    case "conflict":
      return "conflicts";
    case "fast-forward":
      return "a fast-forward";
    case "nothing":
      return "nothing to merge";
    case "unrelated":
      return "no common history: git refuses to merge them";
  }
}

function fileLines({ path, driver, conflicts, decisions }: PreviewedFile): string[] {
  const by = decisions.length === 0 ? [] : [`${decisions.length} decided by rule`];
  const left =
    conflicts.length === 0
      ? []
      : [`${conflicts.length} ${conflicts.length === 1 ? "conflict" : "conflicts"}`];
  return [
    `  ${path}${driver === null ? "" : ` (${driver})`}: ${[...left, ...by].join(", ")}`,
    ...conflicts.map(
      ({ at, reason }) => `    conflict${at === "" ? "" : ` at ${at}`}: ${reason.split("\n")[0] ?? ""}`,
    ),
    ...decisions.map(
      ({ at, rule, result }) => `    ${at === "" ? "(the whole)" : at}: ${rule} -> ${shown(result)}`,
    ),
  ];
}

const shownLength = 60;

function shown(text: string | null): string {
  const line = (text ?? "(none)").replaceAll(/\s*\n\s*/g, " ");
  return line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
}
