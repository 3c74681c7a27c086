import path from "node:path";
import type { Payload } from "./payload.ts";
import type { Place } from "./base-wishes.ts";
import type { Wish } from "./wish.ts";

/** The name under which a hook that was there before ours is kept, beside it. */
export const chainedSuffix = ".got-chained";

/** Stubs in a hooks directory, chaining what was there. */
export function stubWishes(directory: string, place: Place, payload: Payload): readonly Wish[] {
  return payload.hookNames.map((name) => ({
    kind: "stub",
    path: path.join(directory, name),
    chained: path.join(directory, name + chainedSuffix),
    mode: place.modes.executable,
    content: payload.stub,
  }));
}
