import { GotError } from "../base/errors.ts";
import { base36Hash } from "./base36-hash.ts";
import { workLimits } from "./work-limits.ts";

/**
 * Short ids that branches and worktrees make without asking each other: `T-k3f9`. A hash of random bytes in base 36, lower case, so that it
 * is one file name on every disk. It grows with the number of ids there are, so that two made apart are hardly ever alike; an id
 * that is known to be taken is never given out again. Two that are alike after all meet as both added and conflict in their merge: neither is lost.
 */
export interface ShortIdRequest {
  /** In front of the hash, its dash included: `T-`. */
  readonly prefix: string;
  /** How many ids of this kind are known here. */
  readonly known: number;
  /** What makes it unique: 16 random bytes as text; what is named may go with them. */
  readonly seed: string;
}

/**
 * Finds an id that nobody has.
 *
 * @param isTaken asked for each id until it says no; inside of a transaction its read also guards against others who take the id meanwhile.
 * @throws GotError LIMIT_EXCEEDED when `workLimits.idAttempts` ids are all taken.
 * @example
 * const id = await freeShortId({ prefix: "T-", known, seed }, async (id) => (await tx.get(`task:${id}`)) !== null);
 */
export async function freeShortId(
  request: ShortIdRequest,
  isTaken: (id: string) => boolean | Promise<boolean>,
): Promise<string> {
  for (let attempt = 0; attempt < workLimits.idAttempts; attempt++) {
    const id = shortId(request, attempt);
    if (!(await isTaken(id))) return id;
  }
  throw new GotError(
    "LIMIT_EXCEEDED",
    `All of ${workLimits.idAttempts} new ids that begin with ${request.prefix} are taken`,
    {
      facts: { prefix: request.prefix, known: request.known, attempts: workLimits.idAttempts },
      hint: "Check that the random source of this machine works.",
    },
  );
}

/** The id of an attempt: the same request and attempt give the same id. */
export function shortId({ prefix, known, seed }: ShortIdRequest, attempt: number): string {
  return prefix + base36Hash(JSON.stringify([prefix, seed, attempt]), shortIdLength(known));
}

/**
 * How long ids are among so many others: the shortest length at which the birthday bound n² / (2 · 36^length) stays below
 * `workLimits.idCollisionProbability`, n being this id, the known ones and as many that other branches may have.
 */
export function shortIdLength(known: number): number {
  const count = 2 * known + 1;
  const needed = (count * count) / (2 * workLimits.idCollisionProbability);
  const length = Math.ceil(Math.log(needed) / Math.log(36));
  return Math.min(workLimits.idCharactersMost, Math.max(workLimits.idCharacters, length));
}
