import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { mergeLogBytes } from "../../src/merge/merge-log.ts";
import { mergeOptions } from "../unit/merge/merge-log-support.ts";

/** Each folder is one merge; its `about` says in a line what it shows. Markers in `expected` mean a conflict. */
const cases = path.join(import.meta.dirname, "log");

for (const name of readdirSync(cases).toSorted((left, right) => (left < right ? -1 : 1))) {
  const read = (file: string): Buffer => readFileSync(path.join(cases, name, file));
  void t.test(`${name}: ${read("about").toString().trim()}`, async (test) => {
    const [base, ours, theirs, expected] = ["base", "ours", "theirs", "expected"].map((file) => read(`${file}.jsonl`));
    if (!base || !ours || !theirs || !expected) return test.fail("a case has four files");
    const isConflict = expected.includes("<<<<<<< ");
    test.same(merge(base, ours, theirs), { kind: isConflict ? "conflict" : "merged", text: expected.toString("latin1") });
    if (!isConflict) test.equal(merge(base, theirs, ours).text, expected.toString("latin1"), "with the sides swapped");
  });
}

function merge(base: Buffer, ours: Buffer, theirs: Buffer): { kind: string; text: string } {
  const result = mergeLogBytes({ base, ours, theirs }, mergeOptions);
  const chunks = result.kind === "unmergeable" ? [] : result.chunks;
  return { kind: result.kind, text: Buffer.concat([...chunks]).toString("latin1") };
}
