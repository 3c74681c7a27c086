import { limits } from "../base/limits.ts";

/** Length of a file's start that is looked at first. */
export const documentStartLength = 1024;

/**
 * Whether a file is one JSON document over several lines, and not one to a line: merged as a set of lines, it would keep
 * both sides' lines for one member, and nobody would be told that it no longer means anything.
 *
 * @param start the first `documentStartLength` bytes or characters.
 * @param whole reads all of it; called only if the start leaves a doubt, and the file is no larger than `limits.jsonBytes`.
 */
export function isWholeDocument(start: string, size: number, whole: () => string): boolean {
  const opening = /^\uFEFF?\s*([{[][^\n]*)\n/.exec(start)?.[1]?.trimEnd();
  if (opening === undefined) return false;
  // Not strict JSON either: comments and trailing commas are common in settings.
  if (/^[{[\s]+$/.test(opening)) return true;
  if (!/[{[,]$/.test(opening) || size > limits.jsonBytes) return false;
  try {
    JSON.parse(whole().replace(/^\uFEFF/, ""));
    return true;
  } catch {
    return false;
  }
}
