import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
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
    const baseline = {
      name: "node -e 0",
      run: () => spawn(workshop, repository, process.execPath, ["-e", "0"]),
    };
    const missed = callDriver(workshop, repository, "miss", rounds + 1);
    const hit = callDriver(workshop, repository, "hit", 1);
    const miss = await compare({
      what: "one driver call",
      baseline,
      candidate: { run: missed },
      rounds,
      bar: 1.3,
      note: "the memo has no answer, so Node runs; the result is stored",
    });
    const sizes = bundles
      .filter(({ entry }) => entry.startsWith("drivers/"))
      .map(({ name, outfile, maxBytes }) => ({
        what: name,
        measured: statSync(path.resolve(import.meta.dirname, "..", outfile)).size,
        bar: maxBytes,
        unit: "bytes",
      }));
    const again = await compare({
      what: "one driver call that the memo answers",
      baseline,
      candidate: { run: hit },
      rounds,
      bar: null,
    });
    return [{ ...miss, limits: sizes }, again];
  } finally {
    workshop.dispose();
  }
}

/**
 * Prepares inputs for `count` calls (the last ones are used again and again) and returns what makes the next call.
 * As in git, each call's parent is a process of its own: a second miss of one process would work ahead.
 */
function callDriver(
  workshop: Workshop,
  repository: InstalledRepository,
  name: string,
  count: number,
): () => void {
  for (let call = 0; call < count; call++) {
    for (const [version, points] of [
      ["O", 1],
      ["A", 2],
      ["B", 3],
      ["A.original", 2],
    ] as const) {
      const task = { id: `${name}-${call}`, type: "task", version: 1, title: "x", tags: ["a"], points };
      repository.write(`${name}-${call}.${version}`, `${JSON.stringify(task, null, 2)}\n`);
    }
  }
  let next = 0;
  return () => {
    const prefix = `${name}-${Math.min(next++, count - 1)}`;
    const values: Readonly<Record<string, string>> = {
      "%O": `${prefix}.O`,
      "%A": `${prefix}.A`,
      "%B": `${prefix}.B`,
      "%L": "7",
      "%P": `'${prefix}.json'`,
      "%%": "%",
    };
    const command = repository
      .driver("entity")
      .replaceAll(/%[OABLP%]/g, (placeholder) => values[placeholder] ?? "");
    spawn(workshop, repository, "sh", [
      "-c",
      'cp "$2.A.original" "$2.A"; sh -c "$1"; exit $?',
      "git",
      command,
      prefix,
    ]);
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
