import { printable } from "../printable.ts";
import type { Entry } from "../../install/saved-entry.ts";
import type { Step } from "../../install/step.ts";

/** Shows steps as a unified diff of files and configuration values; our programs and keys are named, not printed. */
export function stepDiff(steps: readonly Step[]): string {
  return steps.map(stepText).join("");
}

function stepText(step: Step): string {
  switch (step.kind) {
    case "write":
      return entryDiff(step.path, step.from, step.to);
    case "chain":
      return `move ${step.path} -> ${step.chained}\n${entryDiff(step.path, { kind: "absent" }, step.stub)}`;
    case "unchain":
      return `move ${step.chained} -> ${step.path}\n`;
    case "config":
      return [
        `config ${step.key}`,
        ...step.from.map((value) => `-${value}`),
        ...step.to.map((value) => `+${value}`),
        "",
      ].join("\n");
    case "remove-directory":
      return `remove ${step.path} (if empty)\n`;
  }
}

function entryDiff(path: string, from: Entry, to: Entry): string {
  const header = `--- ${from.kind === "absent" ? "/dev/null" : path}\n+++ ${to.kind === "absent" ? "/dev/null" : path}\n`;
  const mode = modeLine(from, to);
  const [before, after] = [lines(from), lines(to)];
  const ours = path.includes("/got/") && (from.kind === "absent" || to.kind === "absent");
  if (ours || before === null || after === null || before.length + after.length > longestDiffLines) {
    return `${header}${mode}@@ ${sizeText(from)} -> ${sizeText(to)}\n`;
  }
  return header + mode + hunk(before, after);
}

/** Programs and bundles are longer than this; what a person edits rarely is. */
const longestDiffLines = 60;
const contextLines = 3;

/** All our changes stand together in one place: what is before and after them is common. */
function hunk(before: readonly string[], after: readonly string[]): string {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail++;
  if (head === before.length && head === after.length) return "";
  const start = Math.max(0, head - contextLines);
  const shown = Math.min(tail, contextLines);
  const body = [
    ...before.slice(start, head).map((line) => ` ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `-${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+${line}`),
    ...before.slice(before.length - tail, before.length - tail + shown).map((line) => ` ${line}`),
  ];
  const lengths = [before.length - tail + shown - start, after.length - tail + shown - start];
  const range = (count: number): string => (count === 0 ? "0,0" : `${start + 1},${count}`);
  return `@@ -${range(lengths[0] ?? 0)} +${range(lengths[1] ?? 0)} @@\n${body.join("\n")}\n`;
}

function modeLine(from: Entry, to: Entry): string {
  if (from.kind !== "file" || to.kind !== "file")
    return to.kind === "file" ? `new mode ${octal(to.mode)}\n` : "";
  return from.mode === to.mode ? "" : `old mode ${octal(from.mode)}\nnew mode ${octal(to.mode)}\n`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Null for what is no text. */
function lines(entry: Entry): readonly string[] | null {
  if (entry.kind === "absent") return [];
  if (entry.kind === "link") return [`link to ${entry.target}`];
  const text = Buffer.from(entry.content).toString("utf8");
  if (text.includes("\0") || text.includes("\u{fffd}")) return null;
  const split = text.split("\n");
  if (split.at(-1) === "") split.pop();
  return split.map(printable);
}

function sizeText(entry: Entry): string {
  return entry.kind === "file" ? `${entry.content.length} bytes` : entry.kind;
}
