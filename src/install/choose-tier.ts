import path from "node:path";
import type { GitRepository } from "../git/repository.ts";
import type { GitVersion } from "../git/git-version.ts";
import type { Place } from "./base-wishes.ts";
import { stubWishes } from "./hook-wishes.ts";
import type { Payload } from "./payload.ts";
import type { Wishes } from "./wish.ts";

export interface TierInput {
  readonly repository: GitRepository;
  readonly place: Place;
  readonly payload: Payload;
  readonly version: GitVersion;
}

/** Decides how git will reach our hooks here, by what manages hooks already. */
export function chooseHookWishes(input: TierInput): Wishes {
  const directory = path.join(input.repository.commonDir, "hooks");
  return { tier: "stubs", list: stubWishes(directory, input.place, input.payload), notes: [] };
}
