/**
 * The three-way choice for what has no rule of its own (white space, spelling of equal values): the side that changed it,
 * and where both did, the lesser text, so that swapping sides changes nothing.
 */
export function pick(base: string | undefined, ours: string, theirs: string): string {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  return ours < theirs ? ours : theirs;
}

/** `pick` where a side may have nothing to say. */
export function pickAny(
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
): string | undefined {
  if (ours === undefined) return theirs;
  return theirs === undefined ? ours : pick(base, ours, theirs);
}
