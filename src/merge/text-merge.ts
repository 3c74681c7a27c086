import { diffIndices } from "node-diff3";
import { limits } from "../base/limits.ts";

/** One stretch of a three-way comparison, as the run of elements that it covers in each version. */
export interface Region {
  /** `same`: unchanged; `ours`, `theirs`: changed by that side only; `both`: changed by both alike; `clash`: differently. */
  readonly kind: "same" | "ours" | "theirs" | "both" | "clash";
  readonly base: Span;
  readonly ours: Span;
  readonly theirs: Span;
}

/** A run of elements: index of the first, and of the one after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Three-way comparison of sequences (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007) on the differences
 * that node-diff3 finds. Changes clash when they share an element of the base or insert at the same place; changes that
 * only touch do not. Inputs that would weigh more than `limits.diffCandidates` pairs come back as one region.
 */
export function diff3(base: readonly string[], ours: readonly string[], theirs: readonly string[]): Region[] {
  const hunks =
    candidates(base, ours) + candidates(base, theirs) > limits.diffCandidates
      ? [{ base: whole(base), ours: whole(ours), theirs: whole(theirs) }]
      : groupHunks(differences(base, ours), differences(base, theirs));
  const regions: Region[] = [];
  const at = { base: 0, ours: 0, theirs: 0 };
  const keepUntil = (end: number): void => {
    const length = end - at.base;
    if (length > 0) {
      regions.push({
        kind: "same",
        base: { start: at.base, end },
        ours: { start: at.ours, end: at.ours + length },
        theirs: { start: at.theirs, end: at.theirs + length },
      });
    }
  };
  for (const hunk of hunks) {
    keepUntil(hunk.base.start);
    regions.push({ kind: kindOf(hunk, { base, ours, theirs }), ...hunk });
    Object.assign(at, { base: hunk.base.end, ours: hunk.ours.end, theirs: hunk.theirs.end });
  }
  keepUntil(base.length);
  return regions;
}

interface Hunk {
  readonly base: Span;
  readonly side: Span;
}

type Spans = Omit<Region, "kind">;

function whole(items: readonly string[]): Span {
  return { start: 0, end: items.length };
}

function differences(base: readonly string[], side: readonly string[]): Hunk[] {
  return diffIndices([...base], [...side]).map(({ buffer1, buffer2 }) => ({
    base: { start: buffer1[0], end: buffer1[0] + buffer1[1] },
    side: { start: buffer2[0], end: buffer2[0] + buffer2[1] },
  }));
}

/** Joins the hunks of both sides that clash, and widens each group to the same stretch of base in all versions. */
function groupHunks(ours: readonly Hunk[], theirs: readonly Hunk[]): Spans[] {
  const tagged = [
    ...ours.map((hunk) => ({ by: "ours" as const, hunk })),
    ...theirs.map((hunk) => ({ by: "theirs" as const, hunk })),
  ];
  tagged.sort((a, b) => a.hunk.base.start - b.hunk.base.start || a.hunk.base.end - b.hunk.base.end);
  const shift = { ours: 0, theirs: 0 }; // side index less base index, after the newest hunk
  const groups: Spans[] = [];
  for (let index = 0; index < tagged.length;) {
    let end = index;
    const span = { start: tagged[index]?.hunk.base.start ?? 0, end: tagged[index]?.hunk.base.end ?? 0 };
    const before = { ...shift };
    for (; end < tagged.length; end++) {
      const next = tagged[end];
      if (next === undefined || (end > index && !clashes(span, next.hunk.base))) break;
      span.end = Math.max(span.end, next.hunk.base.end);
      shift[next.by] = next.hunk.side.end - next.hunk.base.end;
    }
    groups.push({
      base: span,
      ours: { start: span.start + before.ours, end: span.end + shift.ours },
      theirs: { start: span.start + before.theirs, end: span.end + shift.theirs },
    });
    index = end;
  }
  return groups;
}

/** Whether a change at `next` clashes with those before it, which cover `span` and start no later. */
function clashes(span: Span, next: Span): boolean {
  const isInsertion = (at: Span): boolean => at.start === at.end;
  if (isInsertion(span) && isInsertion(next)) return span.start === next.start;
  return next.start < span.end && !(isInsertion(next) && next.start === span.start);
}

function kindOf(
  spans: Spans,
  versions: { base: readonly string[]; ours: readonly string[]; theirs: readonly string[] },
): Region["kind"] {
  const part = (name: "base" | "ours" | "theirs"): readonly string[] =>
    versions[name].slice(spans[name].start, spans[name].end);
  const [base, ours, theirs] = [part("base"), part("ours"), part("theirs")];
  if (equal(ours, theirs)) return "both";
  if (equal(base, theirs)) return "ours";
  return equal(base, ours) ? "theirs" : "clash";
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Merges two edits of one text line by line; undefined where they clash. */
export function mergeText(base: string, ours: string, theirs: string): string | undefined {
  const versions = { base: lines(base), ours: lines(ours), theirs: lines(theirs) };
  const merged: string[] = [];
  for (const region of diff3(versions.base, versions.ours, versions.theirs)) {
    if (region.kind === "clash") return undefined;
    const from = region.kind === "theirs" ? "theirs" : "ours";
    merged.push(...versions[from].slice(region[from].start, region[from].end));
  }
  return merged.join("");
}

/** Lines with their line breaks. */
function lines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** How many pairs of equal items a longest-common-subsequence search may have to look at. */
function candidates(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const item of a) counts.set(item, (counts.get(item) ?? 0) + 1);
  let pairs = 0;
  for (const item of b) pairs += counts.get(item) ?? 0;
  return pairs;
}
