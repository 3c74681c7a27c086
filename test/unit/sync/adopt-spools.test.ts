import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { spoolDirectory } from "../../../src/log/spool.ts";
import { adoptSpools, findStranded } from "../../../src/sync/adopt-spools.ts";

await t.test("a file that another process has taken meanwhile is passed over, and the rest adopted", (t) => {
  const commonDir = t.testdir();
  const spool = spoolDirectory(commonDir);
  mkdirSync(spool, { recursive: true });
  for (const name of ["main.jsonl.1", "main.jsonl.2"]) writeFileSync(path.join(spool, name), "");
  const stranded = findStranded(commonDir, true);
  adoptSpools(commonDir, stranded.slice(0, 1), "first");
  adoptSpools(commonDir, stranded, "second");
  t.same(readdirSync(spool), ["%stranded.first-0.one.jsonl", "%stranded.second-1.one.jsonl"]);
  t.end();
});
