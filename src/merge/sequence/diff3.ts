import { type Difference, differences, type Span } from "./differences.ts";

/** One stretch of a three-way comparison, as the run of elements that it covers in each version. */
export interface Region extends Spans {
  /** `same`: unchanged; `ours`, `theirs`: changed by that side only; `both`: changed by both alike; `clash`: differently. */
  readonly kind: "same" | "ours" | "theirs" | "both" | "clash";
}

interface Spans {
  readonly base: Span;
  readonly ours: Span;
  readonly theirs: Span;
}

/** Three versions of a sequence, as keys: equal keys are equal elements. */
export interface KeyVersions {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/**
 * Three-way comparison of sequences (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007). Changes clash when
 * they share an element of the base or insert at the same place; changes that only touch do not.
 *
 * @returns regions in ascending order that cover all three versions.
 */
export function diff3(versions: KeyVersions): Region[] {
  const ids = new Map<string, number>();
  const intern = (key: string): number => {
    const known = ids.get(key) ?? ids.size;
    ids.set(key, known);
    return known;
  };
  const base = Int32Array.from(versions.base, intern);
  const ours = Int32Array.from(versions.ours, intern);
  const theirs = Int32Array.from(versions.theirs, intern);

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
  for (const hunk of groupHunks(differences(base, ours), differences(base, theirs))) {
    keepUntil(hunk.base.start);
    const part = (sequence: Int32Array, { start, end }: Span): Int32Array => sequence.subarray(start, end);
    const kind = kindOf(part(base, hunk.base), part(ours, hunk.ours), part(theirs, hunk.theirs));
    regions.push({ kind, ...hunk });
    Object.assign(at, { base: hunk.base.end, ours: hunk.ours.end, theirs: hunk.theirs.end });
  }
  keepUntil(base.length);
  return regions;
}

/** Joins the differences of both sides that clash, and widens each group to the same stretch of base in all versions. */
function groupHunks(ours: readonly Difference[], theirs: readonly Difference[]): Spans[] {
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

function kindOf(base: Int32Array, ours: Int32Array, theirs: Int32Array): Region["kind"] {
  if (equal(ours, theirs)) return "both";
  if (equal(base, theirs)) return "ours";
  return equal(base, ours) ? "theirs" : "clash";
}

function equal(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
