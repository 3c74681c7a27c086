import { GotError } from "../base/errors.ts";

/** The value of `--limit`. @throws GotError USAGE for what is no count. */
export function checkedLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new GotError("USAGE", "--limit must be a whole number, 0 for all", { facts: { limit } });
}
