import { appendFileSync, writeSync } from "node:fs";
import path from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import { crashingFiles } from "../support/crashing-files.ts";

/** Opens the store and commits three transactions, or dies on the way: `<folder> <step> work|recover`. */
const [workTree = "", at = "0", what = "work"] = process.argv.slice(2);
const gitDir = path.join(workTree, ".git");
const { files, count } = crashingFiles(Number(at));
const store = await openStore({
  workTree,
  gitDir,
  commonDir: gitDir,
  agent: "ada",
  durability: process.env["GOT_TEST_DURABILITY"] === "paranoid" ? "paranoid" : "balanced",
  ports: { files },
  appendEvents: (events) =>
    appendFileSync(
      path.join(workTree, "events"),
      events.map((event) => `${JSON.stringify(event)}\n`).join(""),
    ),
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
  await store.transaction((tx) => tx.put({ type: "task", id: "A", n: 3 }));
  writeSync(1, "committed\n");
}
await store.close();
writeSync(1, `steps ${count()}\n`);
