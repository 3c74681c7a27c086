import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Test } from "tap";
import type { Merge } from "../../src/merge/merge-result.ts";
import { mergeOptions, policyOf, textOf } from "./merge.ts";

/**
 * Runs every folder of `test/golden/<driver>`: `base` (may be missing), `ours` and `theirs` must merge to `expected`,
 * with markers where that holds some; `about.txt` says in one line what the case is about, `policy.json` may hold a
 * `merge` section. Swapping the sides must give the same bytes, or mirrored conflicts.
 */
export function checkGoldenCases(
  t: Test,
  options: { driver: string; extension: string; merge: Merge },
): void {
  const folder = path.join(import.meta.dirname, "..", "golden", options.driver);
  for (const name of readdirSync(folder).sort()) {
    const file = (version: string): string => path.join(folder, name, `${version}${options.extension}`);
    const read = (version: string): Buffer => readFileSync(file(version));
    const about = readFileSync(path.join(folder, name, "about.txt"), "utf8").trim();
    const policyFile = path.join(folder, name, "policy.json");
    const policy = policyOf(existsSync(policyFile) ? JSON.parse(readFileSync(policyFile, "utf8")) : {});
    const base = existsSync(file("base")) ? read("base") : null;
    const settings = mergeOptions({ policy, path: `data${options.extension}` });
    const merged = options.merge({ base, ours: read("ours"), theirs: read("theirs") }, settings);
    const expected = String(read("expected"));
    t.equal(textOf(merged), expected, `${name}: ${about}`);
    t.equal(merged.kind, /^<{7} ours$/m.test(expected) ? "conflict" : "merged", `${name}: its kind`);
    if (merged.kind !== "merged") continue;
    const swapped = options.merge({ base, ours: read("theirs"), theirs: read("ours") }, settings);
    t.equal(textOf(swapped), expected, `${name}: sides swapped`);
  }
}
