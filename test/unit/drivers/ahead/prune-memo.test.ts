import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { pruneMemo } from "../../../../drivers/ahead/prune-memo.ts";
import { limits } from "../../../../src/base/limits.ts";

await t.test("removes marks and links of processes long gone, and keeps everything else", async (t) => {
  const memo = t.testdir({
    "misses.1": "..",
    "misses.2": "",
    "for.1": { "a.json": { "0000.0.x.y.z": "x" } },
    "for.2": {},
    "gone.abc": { x: "x" },
    ["a".repeat(80)]: { "0.b.c": "result" },
  });
  const old = new Date(Date.now() - limits.memoMarkMs - 60_000);
  for (const name of ["misses.1", "for.1", "gone.abc", "a".repeat(80)])
    utimesSync(path.join(memo, name), old, old);
  pruneMemo(memo);
  t.same(readdirSync(memo).sort(), ["a".repeat(80), "for.2", "misses.2"]);
});

await t.test("removes the oldest entries when there are too many bytes", async (t) => {
  const memo = t.testdir();
  const count = 10;
  for (let index = 0; index < count; index++) {
    const folder = path.join(memo, String(index).padStart(80, "0"));
    mkdirSync(folder);
    writeFileSync(path.join(folder, "0.r.s"), Buffer.alloc(limits.memoBytes / (count - 2)));
    const age = new Date(Date.now() - (count - index) * 1000);
    utimesSync(folder, age, age);
  }
  pruneMemo(memo);
  const left = readdirSync(memo).map(Number);
  t.same(left, [4, 5, 6, 7, 8, 9], "down to three quarters, the newest stay");
});

await t.test("does nothing where there is no memo", async (t) => {
  t.doesNotThrow(() => pruneMemo(path.join(t.testdir(), "nowhere")));
});
