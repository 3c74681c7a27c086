import type { MergedElement, PlacedElement } from "./array-elements.ts";

/** The elements of one version of an array, and the canonical text of each. */
export interface Elements {
  readonly placed: readonly PlacedElement[];
  readonly keys: readonly string[];
}

/** A merged element with the canonical text of its value, where it is one version's as it stood. */
export interface KeyedElement extends MergedElement {
  readonly key: string | undefined;
}

interface ElementKeys {
  readonly base: Pick<Elements, "keys">;
  readonly ours: Pick<Elements, "keys">;
  readonly theirs: Pick<Elements, "keys">;
}

/** Whether no version has an element twice, as lists of names and records do; numbers and flags mean their place. */
export function isDistinct(versions: ElementKeys): boolean {
  return [versions.base, versions.ours, versions.theirs].every(
    ({ keys }) => keys.every((key) => /^["{[]/.test(key)) && new Set(keys).size === keys.length,
  );
}

/** Whether `side` holds all that `other` added to a place of the list and nothing that `other` removed there. */
export function covers(base: readonly string[], side: readonly string[], other: readonly string[]): boolean {
  const [inBase, inSide, inOther] = [new Set(base), new Set(side), new Set(other)];
  const added = other.filter((key) => !inBase.has(key));
  const removed = base.filter((key) => !inOther.has(key));
  // What stands for a removed record may be an edit of it, which the other side's removal contradicts.
  if (removed.length > added.length && !removed.every((key) => key.startsWith('"'))) return false;
  return added.every((key) => inSide.has(key)) && !removed.some((key) => inSide.has(key));
}

/**
 * In a list without repeats, takes out what one side moved and the other removed, and all but the first of what both put
 * into different places.
 */
export function withoutRepeats(
  merged: readonly KeyedElement[],
  versions: ElementKeys,
  hasConflict: boolean,
): MergedElement[] {
  const [inBase, inOurs, inTheirs] = [versions.base, versions.ours, versions.theirs].map(
    ({ keys }) => new Set(keys),
  );
  const seen = { ours: new Set<string>(), theirs: new Set<string>() };
  return merged.flatMap((element): MergedElement[] => {
    const { key, side } = element;
    if (key === undefined) return [element];
    // In a conflict, what looks removed may have been changed.
    if (!hasConflict && inBase?.has(key) && !(inOurs?.has(key) && inTheirs?.has(key))) return [];
    const isNewInOurs = side !== "theirs" && !seen.ours.has(key);
    const isNewInTheirs = side !== "ours" && !seen.theirs.has(key);
    if (isNewInOurs) seen.ours.add(key);
    if (isNewInTheirs) seen.theirs.add(key);
    if (isNewInOurs && isNewInTheirs) return [element];
    return isNewInOurs || isNewInTheirs ? [{ ...element, side: isNewInOurs ? "ours" : "theirs" }] : [];
  });
}
