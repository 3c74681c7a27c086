import { GotError } from "../base/errors.ts";
import { ownSetting } from "../git/own-setting.ts";
import type { GitRepository } from "../git/repository.ts";
import type { Durability } from "../store/store.ts";
import type { Place } from "./place.ts";

const durabilities: readonly Durability[] = ["paranoid", "balanced", "lazy"];

/**
 * How durable the user wants what is written: `GOT_DURABILITY`, else `got.durability` of the user's own git configuration, else
 * `balanced`.
 *
 * @throws GotError USAGE for another word.
 */
export function readDurability(place: Pick<Place, "env">, repository: GitRepository): Durability {
  const named = place.env["GOT_DURABILITY"] ?? ownSetting(repository, "got.durability") ?? "balanced";
  const found = durabilities.find((one) => one === named);
  if (found !== undefined) return found;
  throw new GotError("USAGE", `${JSON.stringify(named)} is no durability`, {
    facts: { durability: named },
    hint: `Set GOT_DURABILITY or git config got.durability to ${durabilities.join(", ")}.`,
  });
}
