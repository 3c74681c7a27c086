import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bundleWorker } from "../support/bundle-worker.ts";
import { bothChanged, diverge, entityText, taskFile } from "../support/conflicted.ts";
import { spooledEvents } from "../support/install-hooks.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

/** Counts what may change the disk, and ends the process at the entry of the one that the environment names. */
const killer = `
  import childProcess from "node:child_process";
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const at = Number(process.env.KILL_AT);
  let steps = 0;
  const watch = (module, name) => {
    const real = module[name];
    module[name] = (...args) => {
      if (++steps === at) process.kill(process.pid, "SIGKILL");
      return real(...args);
    };
  };
  for (const name of ["linkSync", "mkdirSync", "renameSync", "rmSync", "rmdirSync", "writeSync"]) watch(fs, name);
  watch(childProcess, "spawnSync");
  syncBuiltinESMExports();
  process.on("exit", () => process.stderr.write("steps " + steps));
`;

const removed = ".got/entities/task/T-2.json";
const byHand = ".got/entities/task/T-3.json";
const handMade = entityText({ id: "T-3", title: "By hand" });

/** In the middle of a merge: a conflict, a file that they removed and we changed, and one that somebody has resolved. */
function merging(): Repository {
  const repository = createRepository(sandbox, "original");
  const versions = (id: string): { base: string; ours: string; theirs: string } => ({
    base: entityText({ id }),
    ours: entityText({ id, title: "Ours" }),
    theirs: entityText({ id, title: "Theirs" }),
  });
  diverge(repository, {
    ...bothChanged,
    [removed]: { ...versions("T-2"), theirs: null },
    [byHand]: versions("T-3"),
  });
  t.not(repository.try("merge", "-q", "topic").status, 0);
  repository.write(byHand, handMade);
  return repository;
}

/** What git would commit, and what was said about it. */
function outcome(repository: Repository): { tree: string; status: string; events: string[] } {
  const events = spooledEvents(repository).filter(({ event }) => event === "merge.resolved");
  return {
    tree: repository.git("write-tree"),
    // What was being written when it was killed may be left beside the file, as by any write of ours.
    status: repository.git("status", "--porcelain").replaceAll(/^\?\? .*\.got-[0-9a-f]{16}\.tmp\n/gm, ""),
    events: [...new Set(events.map(({ id }) => id))].toSorted(),
  };
}

await t.test("killed at any step, resolve loses nothing, and run again it finishes", async (t) => {
  const original = merging();
  const program = await bundleWorker(
    path.resolve(import.meta.dirname, "../../src/cli/main.ts"),
    sandbox.root,
  );
  const preload = path.join(sandbox.root, "killer.mjs");
  writeFileSync(preload, killer);
  const run = (repository: Repository, at: number): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, ["--import", preload, program, "resolve", "--theirs"], {
      cwd: repository.dir,
      env: { ...sandbox.env, KILL_AT: String(at) },
      encoding: "utf8",
    });
  let count = 0;
  const copy = (): Repository => {
    const dir = path.join(sandbox.root, `copy-${count++}`);
    cpSync(original.dir, dir, { recursive: true, preserveTimestamps: true });
    return openRepository(sandbox, dir);
  };

  const undisturbed = copy();
  const done = run(undisturbed, 0);
  t.equal(done.status, 0, done.stderr);
  const expected = outcome(undisturbed);
  t.equal(expected.events.length, 3);
  t.match(expected.status, "M  .got/entities/task/T-3.json");
  const steps = Number(/steps (\d+)$/.exec(done.stderr)?.[1]);
  t.ok(steps > 20, `${steps} steps`);

  const halfway = new Set<string>();
  // Every ninth step, begun at any of the first nine.
  for (let at = 1 + Math.floor(Math.random() * 9); at <= steps; at += 9) {
    const repository = copy();
    const where = `step ${at} of ${steps}`;
    if (run(repository, at).signal !== "SIGKILL") continue;
    t.equal(repository.read(byHand), handMade, `${where}: the edit stands`);
    const isRecorded = existsSync(path.join(repository.dir, ".git", "got", "resolve.json"));
    const isStaged = repository.git("ls-files", "-u") === "";
    halfway.add(JSON.stringify([isRecorded, isStaged, repository.read(taskFile)]));
    const again = run(repository, 0);
    t.equal(again.status, 0, `${where}: ${again.stdout}${again.stderr}`);
    t.same(outcome(repository), expected, where);
    t.equal(JSON.parse(repository.read(taskFile)).title, "Theirs", where);
  }
  t.ok(halfway.size > 1, "it was killed in between");
});
