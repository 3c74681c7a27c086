import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { openLog } from "../../src/log/open-log.ts";
import type { Entity } from "../../src/model/entity.ts";
import { collect } from "./log.ts";
import { storeFolder } from "./store.ts";

/** What the transactions of test/scenario/store-crash-worker.ts make of the entities: the state after each number of them. */
const states: readonly Readonly<Record<string, number>>[] = [
  {},
  { "task:A": 1, "task:B": 1 },
  { "task:A": 2, "note:C": 2 },
  { "task:A": 2, "note:C": 2, "task:D": 3 },
  { "task:A": 4, "note:C": 2, "task:D": 3 },
];
/** Events that these transactions bring, in all. */
const eventsAfter = [0, 2, 5, 6, 7] as const;

/** Under which session the worker and whoever recovers write events. */
export const crashSession = "20261121-030405-1a2b3c4d";

/**
 * Opens the store that a crash has left and returns everything that is wrong with it: a transaction lost or half there, an event
 * lost, an entity's file that differs, a draft, a lock that blocks.
 */
export async function crashDamage(workTree: string, reported: number): Promise<readonly string[]> {
  const folder = storeFolder(workTree);
  const log = openLog({
    workTree,
    commonDir: folder.gitDir,
    session: crashSession,
    agent: "eve",
    now: Date.now,
    randomHex: () => "00000000",
  });
  try {
    const store = await folder.open({
      appendEvents: (events) => void log.appendMany(events.map((event) => ({ ...event }))),
      syncEvents: log.sync,
    });
    const entities = [...(await store.list("task")), ...(await store.list("note"))];
    const found = stateOf(entities);
    const damage: string[] = [];
    const after = states.findIndex((state) => format(state) === found);
    if (after === -1) damage.push(`${found} is no state between two transactions`);
    else if (after < reported) damage.push(`${reported} transactions were reported, ${after} are there`);
    await store.close();
    const inFiles = entities.map((entity) => readEntity(folder.file(`${entity.type}:${entity.id}`)));
    if (stateOf(inFiles) !== found) damage.push(`the files hold ${stateOf(inFiles)}, the store ${found}`);
    const events = (await collect(log.read())).filter(({ event }) => event.startsWith("entity."));
    const wanted = eventsAfter[after];
    if (wanted !== undefined && events.length !== wanted)
      damage.push(`${events.length} events of ${after} transactions; there were ${wanted}`);
    for (const name of leftovers(workTree)) damage.push(`${name} is left`);
    if (existsSync(path.join(folder.gitDir, "index.lock"))) damage.push("git's index is locked");
    return damage;
  } finally {
    log.close();
  }
}

/** How many transactions the worker has reported. */
export function reportedIn(stdout: string): number {
  return stdout.split("committed").length - 1;
}

function readEntity(file: string): Entity {
  return JSON.parse(readFileSync(file, "utf8")) as Entity;
}

function stateOf(entities: readonly Entity[]): string {
  return format(Object.fromEntries(entities.map(({ type, id, n }) => [`${type}:${id}`, Number(n)])));
}

function format(state: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Drafts below `.got` that nobody will take away any more. */
function leftovers(workTree: string): readonly string[] {
  const got = path.join(workTree, ".got");
  return existsSync(got)
    ? readdirSync(got, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tmp"))
    : [];
}
