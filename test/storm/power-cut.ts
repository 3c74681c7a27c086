import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openLog } from "../../src/log/open-log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { collect } from "../support/log.ts";
import { crashSession } from "../support/store-crash.ts";
import { changesOf, textOf } from "./power-cut-work.ts";

/**
 * Power cuts on a real ext4: its disk is a file on an XFS, of which `cp --reflink` takes one copy of a single instant while a
 * process commits. What the kernel has not written by then is not in the copy; mounting it replays ext4's journal as after a
 * power cut. The store is opened there as on the next boot and compared with what had been reported.
 *
 *     npm run storm:power-cut [-- <cuts of each kind>]       as root; needs mkfs.xfs, mkfs.ext4, loop devices
 *
 * Exit 1 when something that was reported is lost, or when writing by hand without a sync loses nothing: then the cuts are none.
 */
const kinds = ["paranoid", "balanced", "lazy", "by-hand"] as const;
type Kind = (typeof kinds)[number];
const cutsPerRun = 8;
const diskBytes = 48 * 1024 * 1024;

interface Cut {
  readonly copy: string;
  /** Transactions that had been reported when the copy was begun. */
  readonly reported: number;
}

interface Tally {
  cuts: number;
  /** Cuts after which something that was reported is missing. */
  lost: number;
  readonly damage: string[];
}

async function main(cutsWanted: number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-power-cut-"));
  const mounts: string[] = [];
  const mount = (image: string, name: string): string => {
    const at = path.join(folder, name);
    mkdirSync(at, { recursive: true });
    execFileSync("mount", ["-o", "loop", image, at]);
    mounts.push(at);
    return at;
  };
  const unmount = (at: string): void => {
    execFileSync("umount", [at]);
    mounts.splice(mounts.indexOf(at), 1);
  };
  let isSound = true;
  try {
    const worker = await bundleWorker(path.join(import.meta.dirname, "power-cut-worker.ts"), folder);
    const outer = path.join(folder, "outer.img");
    makeImage(outer, 2 * 1024 ** 3, ["mkfs.xfs", "-q", "-m", "reflink=1"]);
    const host = mount(outer, "outer");
    for (const kind of kinds) {
      const tally: Tally = { cuts: 0, lost: 0, damage: [] };
      while (tally.cuts < cutsWanted) {
        const image = path.join(host, "disk.img");
        makeImage(image, diskBytes, ["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"]);
        const disk = mount(image, "disk");
        const cuts = await cutPower({ worker, kind, disk, image });
        unmount(disk);
        for (const { copy, reported } of cuts) {
          const left = mount(copy, "after");
          await examine(kind, path.join(left, "tree"), reported, tally);
          unmount(left);
          rmSync(copy);
        }
        rmSync(image);
      }
      const isFine = tally.damage.length === 0 && (kind === "by-hand") === tally.lost > 0;
      // Lazy may lose the newest transactions, never the order.
      isSound &&= kind === "lazy" ? tally.damage.length === 0 : isFine;
      console.log(`${kind}: ${tally.cuts} power cuts, ${tally.lost} lost something that was reported`);
      for (const line of tally.damage) console.log(`  ${line}`);
    }
  } finally {
    for (const at of mounts.toReversed()) execFileSync("umount", ["-l", at]);
    rmSync(folder, { recursive: true, force: true });
  }
  return isSound ? 0 : 1;
}

function makeImage(image: string, sizeBytes: number, command: readonly string[]): void {
  writeFileSync(image, "");
  truncateSync(image, sizeBytes);
  const [program = "", ...args] = command;
  execFileSync(program, [...args, image], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Lets a process commit and copies its disk at random instants. */
async function cutPower(options: {
  readonly worker: string;
  readonly kind: Kind;
  readonly disk: string;
  readonly image: string;
}): Promise<readonly Cut[]> {
  const child = spawn(process.execPath, [options.worker, path.join(options.disk, "tree"), options.kind], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let reported = 0;
  child.stdout.on("data", (bytes: Buffer) => {
    reported = Math.max(reported, ...bytes.toString().split("\n").map(Number));
  });
  const cuts: Cut[] = [];
  try {
    await once(child.stdout, "data");
    for (let number = 0; number < cutsPerRun; number++) {
      // What makes the instants random; nothing waits for anything here.
      await pause(Math.random() * 400);
      const copy = `${options.image}.${number}`;
      const before = reported;
      execFileSync("cp", ["--reflink=always", options.image, copy]);
      cuts.push({ copy, reported: before });
    }
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
  return cuts;
}

async function examine(kind: Kind, workTree: string, reported: number, tally: Tally): Promise<void> {
  tally.cuts++;
  if (kind === "by-hand") {
    if (!isThereByHand(workTree, reported)) tally.lost++;
    return;
  }
  const gitDir = path.join(workTree, ".git");
  mkdirSync(gitDir, { recursive: true });
  const log = openLog({
    workTree,
    commonDir: gitDir,
    session: crashSession,
    agent: "eve",
    now: Date.now,
    randomHex: () => "00000000",
  });
  const store = await openStore({
    workTree,
    gitDir,
    commonDir: gitDir,
    agent: "eve",
    // This machine has not been switched off, so it would wait for the lock of a process that it takes for alive.
    ports: { boot: "after", lock: { run: async (turn) => turn(() => true), wasContended: () => false } },
    appendEvents: (events) => void log.appendMany(events.map((event) => ({ ...event }))),
  });
  const entities = [...(await store.list("task")), ...(await store.list("counter"))];
  await store.close();
  const found = new Map(entities.map((entity) => [`${entity.type}:${entity.id}`, Number(entity["n"])]));
  const after = found.get("counter:all") ?? 0;
  const complain = (what: string): void =>
    void tally.damage.push(`${kind}, ${after} of ${reported}: ${what}`);
  if (format(found) !== format(stateAfter(after))) complain(`${format(found)} is no state`);
  for (const { id, n, text } of entities)
    if (text !== textOf(Number(n))) complain(`the text of ${id} is not whole`);
  for (const entity of entities) {
    const file = path.join(workTree, ".got", "entities", entity.type, `${entity.id}.json`);
    if (Number((JSON.parse(readFileSync(file, "utf8")) as { n: unknown }).n) !== Number(entity["n"]))
      complain(`${file} differs from the store`);
  }
  const counted = new Set<number>();
  for (const { event, ref, fields } of await collect(log.read())) {
    if (!event.startsWith("entity.") || ref !== "counter:all") continue;
    counted.add(Number((fields as { n: unknown }).n));
  }
  const missing = Array.from({ length: after }, (_, index) => index + 1).filter((n) => !counted.has(n));
  if (missing.length > 0) complain(`the events of ${missing.length} transactions are lost`);
  if (after < reported) tally.lost++;
  log.close();
}

/** Whether each file is whole and at least as new as what was reported, so that nothing is lost. */
function isThereByHand(folder: string, reported: number): boolean {
  const expected = new Map<string, number | null>();
  for (let n = 1; n <= reported; n++) for (const [ref, state] of changesOf(n)) expected.set(ref, state);
  return [...expected].every(([ref, state]) => {
    try {
      const text = readFileSync(path.join(folder, `${ref.replace(":", "-")}.json`), "utf8");
      const found = JSON.parse(text) as { n: number | null };
      return state === null || found.n === null || found.n >= state;
    } catch {
      return false;
    }
  });
}

function stateAfter(count: number): ReadonlyMap<string, number> {
  const state = new Map<string, number>();
  for (let n = 1; n <= count; n++) {
    for (const [ref, value] of changesOf(n)) {
      if (value === null) state.delete(ref);
      else state.set(ref, value);
    }
  }
  return state;
}

function format(state: ReadonlyMap<string, number>): string {
  return [...state]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([ref, n]) => `${ref}=${n}`)
    .join(" ");
}

process.exitCode = await main(Number(process.argv[2] ?? 40));
