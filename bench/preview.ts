import { spawnSync } from "node:child_process";
import path from "node:path";
import { compare } from "./support/compare.ts";
import { openWorkshop, type Workshop } from "./support/installed-repository.ts";
import type { Row } from "./support/row.ts";

const branches = 50;
const folders = 40;
const filesPerFolder = 25;

/**
 * The matrix of 50 branches, 1,225 merges, over 50 plain `git merge-tree`, one process each: what somebody would start to look
 * at each branch once. Half of the branches change files that others change as well.
 */
export async function bench(): Promise<readonly Row[]> {
  const workshop = openWorkshop();
  try {
    const dir = prepare(workshop);
    const names = Array.from({ length: branches }, (_, index) => branchName(index));
    const cli = path.resolve(import.meta.dirname, "..", "dist", "cli", "main.js");
    const run = (command: string, args: readonly string[], statuses: readonly number[]): string => {
      const done = spawnSync(command, args, {
        cwd: dir,
        env: workshop.env,
        encoding: "utf8",
        maxBuffer: 2 ** 28,
      });
      if (!statuses.includes(done.status ?? -1))
        throw new Error(`${command} ended with ${done.status}: ${done.stderr}`);
      return done.stdout;
    };
    let note = "";
    const row = await compare({
      what: `matrix of ${branches} branches, ${(branches * (branches - 1)) / 2} merges`,
      baseline: {
        name: `${branches} plain git merge-tree`,
        run: () => {
          for (const name of names) run("git", ["merge-tree", "--write-tree", "main", name], [0, 1]);
        },
      },
      candidate: {
        run: () => {
          const text = run(process.execPath, [cli, "preview", "--matrix", ...names], [1]);
          note = text.split("\n", 1)[0] ?? "";
        },
      },
      rounds: 5,
      bar: 25,
    });
    return [{ ...row, note }];
  } finally {
    workshop.dispose();
  }
}

function branchName(index: number): string {
  return `agent-${String(index).padStart(2, "0")}`;
}

/** 1,000 files; every branch has a folder of its own, and each second one changes an entity and a file of all. */
function prepare(workshop: Workshop): string {
  const repository = workshop.createRepository("many");
  const commit = (message: string): void => {
    repository.git("add", "-A");
    repository.git("commit", "-q", "-m", message);
  };
  const line = (index: number): string => `line ${index}\n`;
  const text = Array.from({ length: 200 }, (_, index) => line(index)).join("");
  const task = (tags: readonly string[]): string =>
    `${JSON.stringify({ id: "T-1", type: "task", version: 1, title: "x", tags }, null, 2)}\n`;
  for (let folder = 0; folder < folders; folder++) {
    for (let file = 0; file < filesPerFolder; file++) repository.write(`src/${folder}/${file}.ts`, text);
  }
  repository.write(".got/entities/task/T-1.json", task(["a"]));
  commit("base");
  for (let index = 0; index < branches; index++) {
    repository.git("checkout", "-q", "-b", branchName(index), "main");
    repository.write(`own/${index}/new.ts`, text);
    repository.write(`src/${index % folders}/0.ts`, text.replace(line(index), `changed by ${index}\n`));
    if (index % 2 === 0) {
      repository.write(".got/entities/task/T-1.json", task(["a", `b${index}`]));
      // Four to a line: six of a hundred pairs collide.
      repository.write("src/0/1.ts", text.replace(line(4 * (index >> 3)), `changed by ${index}\n`));
    }
    commit(`branch ${index}`);
  }
  repository.git("checkout", "-q", "main");
  repository.git("gc", "-q");
  return repository.dir;
}
