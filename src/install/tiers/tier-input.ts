import type { GitRepository } from "../../git/repository.ts";
import type { GitVersion } from "../../git/git-version.ts";
import type { Place } from "../base-wishes.ts";
import type { Payload } from "../payload.ts";
import type { View } from "../step.ts";

/** What decides how git reaches our hooks, and how they are put there. */
export interface TierInput {
  readonly repository: GitRepository;
  readonly place: Place;
  readonly payload: Payload;
  readonly version: GitVersion;
  readonly view: Pick<View, "read">;
}
