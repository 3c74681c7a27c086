import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bundleWorker } from "../support/bundle-worker.ts";
import { createRepository, createSandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait-for.ts";

/** Entities that each transaction of the worker sets to one number. */
const entities = 20;
const rounds = 12;
const boundMs = 60_000;

await t.test(
  "git add, stash and commit -a see whole transactions of twenty files, cat sees whole files",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const { dir, git } = createRepository(sandbox);
    const worker = await bundleWorker(path.join(import.meta.dirname, "store-sets-worker.ts"), sandbox.root);
    const child = spawn(process.execPath, [worker, dir, String(entities)], {
      env: sandbox.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    t.teardown(() => child.kill("SIGKILL"));
    const last = countOf(child);
    await last.reached(1);
    const trees: { readonly how: string; readonly numbers: readonly string[] }[] = [];
    const look = (how: string, tree: string): void => {
      const lines = git("grep", "-h", '"n": [0-9]', tree, "--", ".got/entities/set");
      const numbers = lines.match(/\d+/g) ?? [];
      trees.push({ how, numbers });
    };
    /** git may find its index locked for the milliseconds of a transaction; it says so (stash says nothing), and one tries again. */
    const patiently = (...args: string[]): string => {
      const end = Date.now() + boundMs;
      for (;;) {
        const run = sandbox.run(dir, "git", args);
        if (run.status === 0) return run.stdout.trim();
        if ((run.stderr !== "" && !run.stderr.includes("index.lock")) || Date.now() > end)
          throw new Error(run.stderr);
      }
    };
    patiently("add", "-A");
    patiently("commit", "-q", "-m", "first");
    for (let round = 0; round < rounds; round++) {
      const before = last.count();
      patiently("add", ".got");
      look("add", patiently("write-tree"));
      patiently("commit", "-q", "--allow-empty", "-a", "-m", `round ${round}`);
      look("commit -a", "HEAD");
      const stash = patiently("stash", "create");
      if (stash !== "") look("stash", stash);
      for (let entity = 0; entity < entities; entity++) {
        const text = readFileSync(path.join(dir, ".got", "entities", "set", `S-${entity}.json`), "utf8");
        t.ok(text.endsWith("}\n") && /^\d+$/.test(numberIn(text)), "a file is whole");
      }
      await last.reached(before + 1);
    }
    const transactions = last.count();
    child.kill("SIGTERM");
    t.same(await ended, [0, null]);
    for (const { how, numbers } of trees) {
      t.equal(numbers.length, entities, `${how}: every entity`);
      t.equal(new Set(numbers).size, 1, `${how}: of one transaction`);
    }
    const states = new Set(trees.map(({ numbers }) => numbers[0]));
    t.ok(states.size > rounds / 2, `${states.size} states of ${transactions} were seen`);
  },
);

function numberIn(text: string): string {
  const { n } = JSON.parse(text) as { n: number };
  return String(n);
}

/** The number that a worker printed last. */
function countOf(child: ChildProcess): {
  readonly count: () => number;
  readonly reached: (count: number) => Promise<void>;
} {
  let count = 0;
  child.stdout?.on("data", (bytes: Buffer) => {
    count = Math.max(count, ...bytes.toString().split("\n").map(Number));
  });
  return {
    count: () => count,
    reached: (wanted) => waitFor(`transaction ${wanted}`, () => count >= wanted, boundMs),
  };
}
