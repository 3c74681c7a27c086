import { mkdirSync, renameSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { openLog } from "../../src/log/open-log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { crashSession } from "../support/store-crash.ts";
import { changesOf, textOf, work } from "./power-cut-work.ts";

/**
 * Commits transactions until it is killed and prints each number when it is committed: `<folder> paranoid|balanced|lazy`. With
 * `by-hand` it writes a file beside and renames it, without a sync: what has to get lost, or else the cuts are none.
 */
const [workTree = "", how = ""] = process.argv.slice(2);
if (how === "by-hand") byHand();
else await withStore(how === "paranoid" || how === "lazy" ? how : "balanced");

async function withStore(durability: "paranoid" | "balanced" | "lazy"): Promise<void> {
  const gitDir = path.join(workTree, ".git");
  mkdirSync(gitDir, { recursive: true });
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
    durability,
    ports: { boot: "before", segmentBytes: 200_000 },
    appendEvents: (events) => void log.appendMany(events.map((event) => ({ ...event }))),
    syncEvents: log.sync,
  });
  for (let n = 1; ; n++) {
    await store.transaction((tx) => work(tx, n));
    writeSync(1, `${n}\n`);
  }
}

function byHand(): never {
  mkdirSync(workTree, { recursive: true });
  for (let n = 1; ; n++) {
    for (const [ref, state] of changesOf(n)) {
      const file = path.join(workTree, `${ref.replace(":", "-")}.json`);
      writeFileSync(`${file}.new`, JSON.stringify({ n: state, text: textOf(state ?? 0) }));
      renameSync(`${file}.new`, file);
    }
    writeSync(1, `${n}\n`);
  }
}
