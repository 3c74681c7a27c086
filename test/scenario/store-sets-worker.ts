import { writeSync } from "node:fs";
import path from "node:path";
import { openStore } from "../../src/store/open-store.ts";

/** Sets so many entities to one number in each transaction, until SIGTERM, and prints the number: `<work tree> <entities>`. */
const [workTree = "", entities = "0"] = process.argv.slice(2);
const gitDir = path.join(workTree, ".git");
const store = await openStore({ workTree, gitDir, commonDir: gitDir, agent: "ada" });
const ending = new AbortController();
process.on("SIGTERM", () => ending.abort());
for (let n = 1; !ending.signal.aborted; n++) {
  await store.transaction(async (tx) => {
    for (let entity = 0; entity < Number(entities); entity++)
      await tx.put({ type: "set", id: `S-${entity}`, n, text: "x".repeat(300) });
  });
  writeSync(1, `${n}\n`);
  // git has to get a turn at its index.
  await new Promise((resolve) => setImmediate(resolve));
}
await store.close();
