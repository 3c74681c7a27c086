// One process of a race over checklists, notes or decisions. Says that it is ready, waits for a line on stdin, does its work and prints what came
// of it. Arguments: work tree, its git directory, name of the agent, what to do, and what it needs.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { createLocks } from "../../src/lock/create-locks.ts";
import { openBackend } from "../../src/lock/open-backend.ts";
import { openLog } from "../../src/log/open-log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openChecklists } from "../../src/work/checklists/open-checklists.ts";
import { exclusivelyUnder } from "../../src/work/exclusively.ts";
import { openDecisions } from "../../src/work/notes/open-decisions.ts";
import { openNotes } from "../../src/work/notes/open-notes.ts";

const [workTree = "", gitDir = "", agent = "", work = "", ...words] = process.argv.slice(2);
const randomHex = (): string => randomBytes(16).toString("hex");
const log = openLog({
  workTree,
  commonDir: gitDir,
  session: `session-${agent}`,
  agent,
  now: Date.now,
  randomHex,
});
const self = { pid: process.pid, host: hostname() };
const backend = await openBackend({ url: "file", locksDirectory: `${gitDir}/got/locks`, ...self });
const locks = createLocks({ backend, process: self });
const store = await openStore({ workTree, gitDir, commonDir: gitDir, agent });
const records = {
  store,
  workTree,
  commits: { resolve: () => null, subjects: () => new Map<string, string | null>() },
  agent,
  now: () => new Date(),
  randomHex,
};
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdout.write(`${JSON.stringify(await run())}\n`);
await store.close();
await locks.close();
process.exit(0);

async function run(): Promise<unknown> {
  const [first = "", second = ""] = words;
  switch (work) {
    case "checklist": {
      const checklists = openChecklists({
        log,
        exclusively: exclusivelyUnder(locks, "checklists", { agent }),
        randomHex,
      });
      const { items } = await checklists.add("l", [`${agent} one`, `${agent} two`], { kind: "first" });
      await checklists.done("l", items[0]?.id ?? "");
      const { kind, item } = await checklists.done("l", first);
      return { kind, by: item.done?.by };
    }
    case "note":
      return { id: (await openNotes(records).add(`by ${agent}`, { on: [first] })).id };
    case "supersede":
      return await openDecisions(records).supersede(first, second);
    default:
      throw new Error(`there is no work ${work}`);
  }
}
