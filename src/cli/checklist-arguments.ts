import type { Argv } from "yargs";
import { GotError } from "../base/errors.ts";
import type { Place } from "../work/checklists/checklist.ts";

/** How every command about a checklist names the list. */
export const listArgument = {
  type: "string",
  demandOption: true,
  describe: "A name, e.g. release, or the entity that the list belongs to, e.g. task:T-1",
} as const;

/** How an item is named. */
export const itemArgument = {
  type: "string",
  demandOption: true,
  describe: "The item's id, the beginning of it, or its number as shown now",
} as const;

export interface PlaceArgs {
  readonly first: boolean;
  readonly last: boolean;
  readonly after: string | undefined;
  readonly before: string | undefined;
}

export function placeOptions<Args>(yargs: Argv<Args>): Argv<Args & PlaceArgs> {
  return yargs
    .option("first", { type: "boolean", default: false, describe: "To the beginning of the list" })
    .option("last", { type: "boolean", default: false, describe: "To its end" })
    .option("after", { type: "string", requiresArg: true, describe: "Behind this item" })
    .option("before", { type: "string", requiresArg: true, describe: "In front of this item" });
}

/** The place that the options name; undefined when they name none. @throws GotError USAGE for two. */
export function placeOf({ first, last, after, before }: PlaceArgs): Place | undefined {
  const places: Place[] = [];
  if (first) places.push({ kind: "first" });
  if (last) places.push({ kind: "last" });
  if (after !== undefined) places.push({ kind: "after", item: after });
  if (before !== undefined) places.push({ kind: "before", item: before });
  if (places.length <= 1 && !Array.isArray(after) && !Array.isArray(before)) return places[0];
  throw new GotError("USAGE", "An item has one place: one of --first, --last, --after and --before", {
    hint: "Leave the others away.",
  });
}
