import type { Segment } from "./json/output.ts";
import type { MergeOptions } from "./merge-result.ts";

/**
 * Writes segments as text with git's conflict markers around the smallest runs of whole lines in which the two sides differ.
 * Taking all of one side's hunks gives that side's complete text; a missing final newline is completed inside a hunk only.
 */
export function markConflicts(
  segments: readonly Segment[],
  options: Pick<MergeOptions, "markerSize" | "labels">,
): string {
  const marker = (character: string, label: string): string =>
    character.repeat(options.markerSize) + (label === "" ? "" : ` ${label}`) + "\n";
  const output: string[] = [];
  let line: string[] = []; // the unfinished line that both sides share
  let hunk: Hunk | undefined;

  const closeHunk = (): void => {
    if (hunk === undefined) return;
    const { start, ours, theirs, end } = narrow(hunk.ours.join(""), hunk.theirs.join(""));
    output.push(start);
    if (ours !== theirs) {
      output.push(marker("<", options.labels.ours), ended(ours), marker("=", ""));
      output.push(ended(theirs), marker(">", options.labels.theirs));
    }
    output.push(end);
    hunk = undefined;
  };
  for (const segment of segments) {
    if (typeof segment !== "string") {
      hunk ??= { ours: [...line], theirs: [...line] };
      line = [];
      if (segment.ours !== "") hunk.ours.push(segment.ours);
      if (segment.theirs !== "") hunk.theirs.push(segment.theirs);
      continue;
    }
    let rest = segment;
    if (hunk !== undefined && rest !== "") {
      const sameStart = startsAtLine(hunk.ours.at(-1)) && startsAtLine(hunk.theirs.at(-1));
      const end = sameStart ? 0 : rest.indexOf("\n") + 1;
      const isInside = end === 0 && !sameStart;
      const inHunk = isInside ? rest : rest.slice(0, end);
      if (inHunk !== "") {
        hunk.ours.push(inHunk);
        hunk.theirs.push(inHunk);
      }
      if (isInside) continue;
      rest = rest.slice(end);
      closeHunk();
    }
    const lastBreak = rest.lastIndexOf("\n") + 1;
    if (lastBreak > 0) {
      output.push(line.join(""), rest.slice(0, lastBreak));
      line = [];
    }
    if (lastBreak < rest.length) line.push(rest.slice(lastBreak));
  }
  closeHunk();
  output.push(line.join(""));
  return output.join("");
}

/** Both sides' text since the start of a line, in pieces: a file may be one line of many. None is empty. */
interface Hunk {
  readonly ours: string[];
  readonly theirs: string[];
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

/** True when what follows `text` begins a new line. */
function startsAtLine(text = ""): boolean {
  return text === "" || text.endsWith("\n");
}

function ended(text: string): string {
  return startsAtLine(text) ? text : `${text}\n`;
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
