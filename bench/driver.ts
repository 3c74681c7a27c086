import { spawnSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import path from "node:path";
import { bundles } from "../scripts/bundles.mjs";
import { compare } from "./support/compare.ts";
import { type InstalledRepository, openWorkshop, type Workshop } from "./support/installed-repository.ts";
import type { Row } from "./support/row.ts";

const rounds = 25;

/** One driver call as git makes it, over starting Node; and how large the bundles are. */
export async function bench(): Promise<readonly Row[]> {
  const workshop = openWorkshop();
  try {
    const repository = workshop.createRepository("one");
    const misses = path.join(repository.dir, ".git", "got", "memo", `misses.${process.pid}`);
    const baseline = {
      name: "node -e 0",
      run: () => spawn(workshop, repository, process.execPath, ["-e", "0"]),
    };
    const call = prepareCall(workshop, repository);
    const only = await compare({
      what: "one driver call",
      baseline,
      // What git processes before this one have done is forgotten: it is the first call of its own.
      candidate: { run: () => (rmSync(misses, { force: true }), call()) },
      rounds,
      bar: 1.3,
      note: "git's only call: Node runs",
    });
    // The second call of one process puts its result into the memo.
    call();
    call();
    const known = await compare({
      what: "one driver call that the memo answers",
      baseline,
      candidate: { run: call },
      rounds,
      bar: null,
    });
    const sizes = bundles
      .filter(({ entry }) => entry.startsWith("drivers/"))
      .map(({ name, outfile, maxBytes }) => ({
        what: name,
        measured: statSync(path.resolve(import.meta.dirname, "..", outfile)).size,
        bar: maxBytes,
        unit: "bytes",
      }));
    return [{ ...only, limits: sizes }, known];
  } finally {
    workshop.dispose();
  }
}

/** Prepares the three files of a merge as git would, and returns what calls the configured driver with them. */
function prepareCall(workshop: Workshop, repository: InstalledRepository): () => void {
  const text = (points: number): string => {
    const task = { id: "T-1", type: "task", version: 1, title: "x", status: "pending", tags: ["a"], points };
    return `${JSON.stringify(task, null, 2)}\n`;
  };
  repository.write("O", text(1));
  repository.write("B", text(3));
  const values: Readonly<Record<string, string>> = {
    "%O": "O",
    "%A": "A",
    "%B": "B",
    "%L": "7",
    "%P": "'T-1.json'",
    "%%": "%",
  };
  const command = repository
    .driver("entity")
    .replaceAll(/%[OABLP%]/g, (placeholder) => values[placeholder] ?? "");
  return () => {
    repository.write("A", text(2));
    spawn(workshop, repository, "sh", ["-c", command]);
  };
}

function spawn(
  workshop: Workshop,
  repository: InstalledRepository,
  command: string,
  args: readonly string[],
): void {
  const run = spawnSync(command, [...args], {
    cwd: repository.dir,
    env: workshop.env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (run.status !== 0) throw new Error(`${command} ended with ${run.status}`);
}
