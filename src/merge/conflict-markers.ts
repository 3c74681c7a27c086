import type { Segment } from "./json/output.ts";
import type { MergeOptions } from "./merge-result.ts";

/**
 * Writes segments as text with git's conflict markers around the smallest runs of whole lines in which the two sides differ.
 * Taking all of one side's hunks gives that side's complete text; a missing final newline is completed inside a hunk only.
 */
export function markConflicts(
  segments: readonly Segment[],
  options: Pick<MergeOptions, "markerSize" | "labels">,
  newline = "\n",
): string {
  const marker = (character: string, label: string): string =>
    character.repeat(options.markerSize) + (label === "" ? "" : ` ${label}`) + newline;
  const output: string[] = [];
  let line = ""; // the unfinished line that both sides share
  let hunk: { ours: string; theirs: string } | undefined;

  const closeHunk = (): void => {
    if (hunk === undefined) return;
    const { start, ours, theirs, end } = narrow(hunk.ours, hunk.theirs);
    output.push(start);
    if (ours !== theirs) {
      output.push(marker("<", options.labels.ours), ended(ours, newline), marker("=", ""));
      output.push(ended(theirs, newline), marker(">", options.labels.theirs));
    }
    output.push(end);
    hunk = undefined;
  };
  for (const segment of segments) {
    if (typeof segment !== "string") {
      hunk ??= { ours: line, theirs: line };
      line = "";
      hunk.ours += segment.ours;
      hunk.theirs += segment.theirs;
      continue;
    }
    let rest = segment;
    if (hunk !== undefined) {
      const sameStart = startsAtLine(hunk.ours) && startsAtLine(hunk.theirs);
      const end = sameStart ? 0 : rest.indexOf("\n") + 1;
      if (end === 0 && !sameStart) {
        hunk.ours += rest;
        hunk.theirs += rest;
        continue;
      }
      hunk.ours += rest.slice(0, end);
      hunk.theirs += rest.slice(0, end);
      rest = rest.slice(end);
      closeHunk();
    }
    const lastBreak = rest.lastIndexOf("\n") + 1;
    if (lastBreak > 0) {
      output.push(line, rest.slice(0, lastBreak));
      line = "";
    }
    line += rest.slice(lastBreak);
  }
  closeHunk();
  output.push(line);
  return output.join("");
}

/** Takes the lines that both sides begin or end with out of a hunk. */
function narrow(ours: string, theirs: string): { start: string; ours: string; theirs: string; end: string } {
  const [a, b] = [ours.split(/(?<=\n)/), theirs.split(/(?<=\n)/)];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return {
    start: a.slice(0, head).join(""),
    ours: a.slice(head, a.length - tail).join(""),
    theirs: b.slice(head, b.length - tail).join(""),
    end: a.slice(a.length - tail).join(""),
  };
}

/** True when what follows begins a new line: nothing yet, or a line break last. */
function startsAtLine(text: string): boolean {
  return text === "" || text.endsWith("\n");
}

function ended(text: string, newline: string): string {
  return startsAtLine(text) ? text : text + newline;
}

/** True when `text` has a line that git or we would read as a conflict marker of this size. */
export function hasConflictMarkers(text: string, markerSize: number): boolean {
  const start = "<".repeat(markerSize);
  const end = ">".repeat(markerSize);
  return hasMarkerLine(text, start) && hasMarkerLine(text, end);
}

function hasMarkerLine(text: string, marker: string): boolean {
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + 1)) {
    const next = text[at + marker.length];
    if ((at === 0 || text[at - 1] === "\n") && (next === undefined || /\s/.test(next))) return true;
  }
  return false;
}
