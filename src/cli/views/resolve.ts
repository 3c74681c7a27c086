import type { MergeSide, MergeSides } from "../../git/merge-sides.ts";
import type { Decision, OpenConflict } from "../../merge/merge-result.ts";
import type { ResolverEvent } from "../../resolve/resolve-code.ts";
import type { FileReport, ResolveReport } from "../../resolve/resolve.ts";
import { printable } from "../printable.ts";

/** What was decided, file by file; then what is left, with the commands that decide it. */
export function resolveView(report: ResolveReport & { readonly resolver: readonly ResolverEvent[] }): string {
  if (report.files.length === 0) return "Nothing is in conflict.\n";
  const lines = [...sidesLines(report.sides), ""];
  const done = new Map(report.resolver.map((event) => [event.path, event]));
  for (const file of report.files) {
    const event = done.get(file.path);
    lines.push(...(event === undefined ? fileLines(file, report.dryRun) : resolverLines(event)));
  }
  const files = report.files.filter(({ path }) => done.get(path)?.outcome !== "resolved");
  lines.push(...closing({ ...report, files }));
  return printable(`${lines.join("\n")}\n`);
}

function resolverLines({ path, outcome, reason, kept }: ResolverEvent): string[] {
  if (outcome === "resolved")
    return [`${path}: resolved by the resolver, and staged: look at it before you commit`];
  const lines = [`${path}: what the resolver did is refused, and the file as it was: ${reason}`];
  return kept === null ? lines : [...lines, keptLine(kept)];
}

function keptLine(kept: string): string {
  return `  what stood there is kept in ${kept}`;
}

function sidesLines({ operation, ours, theirs }: MergeSides): string[] {
  const lines = [sideLine("ours  ", ours), sideLine("theirs", theirs)];
  if (operation === "rebase")
    lines.push("(in a rebase, git calls your own commits theirs: HEAD is what they are put onto)");
  return lines;
}

function sideLine(name: string, { branch, commit, subject, role }: MergeSide): string {
  const words = [branch, commit?.slice(0, 7), subject === null ? null : JSON.stringify(subject)];
  const who = words.filter((word) => word !== null && word !== undefined).join(" ");
  return `${name} ${who === "" ? "" : `${who}: `}the ${role}`;
}

function fileLines(file: FileReport, dryRun: boolean): string[] {
  const lines = [`${file.path}: ${outcomeWords(file, dryRun)}`];
  for (const decision of file.decisions) lines.push(`  ${decisionText(decision)}`);
  for (const conflict of file.open) lines.push(...conflictLines(conflict));
  if (file.kept !== null) lines.push(keptLine(file.kept));
  return lines;
}

function outcomeWords({ outcome, reason, open }: FileReport, dryRun: boolean): string {
  switch (outcome) {
    case "resolved":
      return dryRun ? "would be resolved and staged" : "resolved and staged";
    case "removed":
      return dryRun ? "would be removed" : "removed, and staged so";
    case "edited":
      return dryRun ? "resolved by hand; would be staged" : "resolved by hand; staged as it is";
    case "conflict":
      return `${open.length} ${open.length === 1 ? "conflict is" : "conflicts are"} left`;
    case "left":
      return `left alone: ${reason}`;
  }
}

function decisionText({ at, rule, base, ours, theirs, result }: Decision): string {
  const values = `base ${shown(base)}, ours ${shown(ours)}, theirs ${shown(theirs)}`;
  return `${at === "" ? "(the whole)" : at}: ${rule} -> ${shown(result)}  (${values})`;
}

function conflictLines({ at, reason, base, ours, theirs }: OpenConflict): string[] {
  return [
    `  ${at === "" ? "(the whole)" : at}: ${reason}`,
    `    base   ${shown(base)}`,
    `    ours   ${shown(ours)}`,
    `    theirs ${shown(theirs)}`,
  ];
}

/** One conflict by itself, for a question about it. */
export function conflictText(path: string, conflict: OpenConflict): string {
  return printable([path, ...conflictLines(conflict)].join("\n"));
}

const shownLength = 100;

/** A value on one line, cut where it is long. */
function shown(text: string | null): string {
  if (text === null) return "(none)";
  const line = text.replaceAll(/\s*\n\s*/g, " ");
  return line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
}

function closing({ files, sides }: ResolveReport): string[] {
  const open = files.filter(({ outcome }) => outcome === "conflict").length;
  const left = files.filter(({ outcome }) => outcome === "left").length;
  if (open + left === 0) return ["", `Nothing is left: ${nextStep(sides)}`];
  const words = [
    ...(open === 0
      ? []
      : [
          `${open} ${open === 1 ? "file has" : "files have"} conflicts: decide with --ours, --theirs, --latest or --set <field>=<value>.`,
        ]),
    ...(left === 0 ? [] : [`${left} ${left === 1 ? "file is" : "files are"} left to you.`]),
  ];
  return ["", words.join(" ")];
}

function nextStep({ operation }: MergeSides): string {
  switch (operation) {
    case "merge":
      return "git commit concludes the merge.";
    case "rebase":
      return "git rebase --continue goes on.";
    case "cherry-pick":
      return "git cherry-pick --continue goes on.";
    case "revert":
      return "git revert --continue goes on.";
    case "am":
      return "git am --continue goes on.";
    case "none":
      return "commit it when you are ready.";
  }
}
