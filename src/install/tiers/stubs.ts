import path from "node:path";
import type { Payload } from "../payload.ts";
import type { Place } from "../base-wishes.ts";
import type { Entry } from "../saved-entry.ts";
import { chainedSuffix, isStub } from "../stub.ts";
import type { Wish } from "../wish.ts";
import type { TierInput } from "./tier-input.ts";

/** One stub in a hooks directory, chaining what was there. */
export function stubWish(file: string, place: Place, payload: Payload): Wish {
  return {
    kind: "stub",
    path: file,
    chained: file + chainedSuffix,
    mode: place.modes.executable,
    content: payload.stub,
  };
}

/** A stub for each of our hooks. */
export function stubWishes(directory: string, input: Pick<TierInput, "place" | "payload">): readonly Wish[] {
  return input.payload.hookNames.map((name) =>
    stubWish(path.join(directory, name), input.place, input.payload),
  );
}

/** The hook as its owner wrote it: what stands at the name, or what our stub has set aside. */
export function ownersHook(directory: string, name: string, input: Pick<TierInput, "view">): Entry {
  const current = input.view.read(path.join(directory, name));
  return isStub(current) ? input.view.read(path.join(directory, name + chainedSuffix)) : current;
}

export function entryText(entry: Entry): string {
  return entry.kind === "file" ? Buffer.from(entry.content).toString("utf8") : "";
}

/** Tells surviving stubs which ones to look after (see `hooks/heal`). */
export function watchWish(directory: string, input: Pick<TierInput, "place" | "payload">): Wish {
  // Relative, so that a moved repository never looks after the hooks of whatever stands at its old place.
  const { commonDir } = input.place;
  const paths = input.payload.hookNames.map(
    (name) => `${path.relative(commonDir, path.join(directory, name))}\n`,
  );
  return {
    kind: "whole",
    path: path.join(input.place.commonDir, "got", "watch"),
    mode: input.place.modes.file,
    content: Buffer.from(paths.join("")),
  };
}
