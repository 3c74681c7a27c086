import { openStore } from "../../src/store/open-store.ts";

/**
 * One process of a store bench: opens the store, says so, waits for a line on stdin, then does its work and prints what it took.
 *
 *     store-worker.ts <folder> write <entity> <times>        changes an entity of its own
 *     store-worker.ts <folder> increment <entity> <times>    counts one up that others count up too
 */
const [folder = "", work = "", id = "", times = "0"] = process.argv.slice(2);
const gitDir = `${folder}/.git`;
const store = await openStore({
  workTree: folder,
  gitDir,
  commonDir: gitDir,
  agent: `worker-${process.pid}`,
});
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
let attempts = 0;
for (let count = 0; count < Number(times); count++) {
  const outcome = await store.transaction(async (tx) => {
    const counter = await tx.get(`counter:${id}`);
    await tx.put({ ...counter, type: "counter", id, n: Number(counter?.["n"] ?? 0) + 1, work });
  });
  attempts += outcome.attempts;
  if (outcome.kind !== "committed") throw new Error(JSON.stringify(outcome.conflicts));
}
await store.close();
process.stdout.write(`${JSON.stringify({ attempts })}\n`);
process.exit(0);
