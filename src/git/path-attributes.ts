import { type ByteName, zeroEndedNames } from "./byte-name.ts";
import { type GitCall, runGitBytes } from "./run-git.ts";

/**
 * Asks git for attributes, as they hold in the work tree.
 *
 * @param names relative to `call.cwd`, the top of the work tree.
 * @returns for each name the values in the order of `attributes`; `unspecified` where nobody says anything.
 */
export function pathAttributes(
  call: GitCall,
  names: readonly ByteName[],
  attributes: readonly string[],
): ReadonlyMap<ByteName, readonly string[]> {
  const values = new Map<ByteName, string[]>();
  if (names.length === 0) return values;
  const input = zeroEndedNames(names);
  const answer = runGitBytes({ ...call, input }, ["check-attr", "-z", "--stdin", ...attributes]);
  const fields = answer.toString("latin1").split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [name = "", , value = ""] = fields.slice(at, at + 3);
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}
