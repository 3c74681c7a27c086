import { writeSync } from "node:fs";
import path from "node:path";
import { openLog } from "../../src/log/open-log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { crashingFiles } from "../support/crashing-files.ts";
import { crashSession } from "../support/store-crash.ts";

/**
 * Opens the store and commits four transactions (test/support/store-crash.ts knows what they make), or dies at a step on the way; 0
 * for none: `<folder> <step> work|recover`.
 */
const [workTree = "", at = "0", what = "work"] = process.argv.slice(2);
const gitDir = path.join(workTree, ".git");
const durability = process.env["GOT_TEST_DURABILITY"];
const { files, count } = crashingFiles(Number(at));
const log = openLog({
  workTree,
  commonDir: gitDir,
  session: crashSession,
  agent: "ada",
  now: Date.now,
  randomHex: () => "00000000",
});
const store = await openStore({
  workTree,
  gitDir,
  commonDir: gitDir,
  agent: "ada",
  durability: durability === "paranoid" || durability === "lazy" ? durability : "balanced",
  // Small, so that the log goes on in a new segment on the way.
  ports: { files, segmentBytes: 1500 },
  appendEvents: (events) => void log.appendMany(events.map((event) => ({ ...event }))),
  syncEvents: log.sync,
});
if (what === "work") {
  await store.transaction(async (tx) => {
    await tx.put({ type: "task", id: "A", n: 1 });
    await tx.put({ type: "task", id: "B", n: 1 });
  });
  writeSync(1, "committed\n");
  await store.transaction(async (tx) => {
    await tx.put({ type: "task", id: "A", n: 2 });
    await tx.delete("task:B");
    await tx.put({ type: "note", id: "C", n: 2 });
  });
  writeSync(1, "committed\n");
  await store.transaction((tx) => tx.put({ type: "task", id: "D", n: 3 }));
  writeSync(1, "committed\n");
  await store.transaction((tx) => tx.put({ type: "task", id: "A", n: 4 }));
  writeSync(1, "committed\n");
}
await store.close();
log.close();
writeSync(1, `steps ${count()}\n`);
