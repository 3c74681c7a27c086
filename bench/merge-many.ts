import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import path from "node:path";
import { compare } from "./support/compare.ts";
import { openWorkshop, type Workshop } from "./support/installed-repository.ts";
import type { Row } from "./support/row.ts";

const entities = 500;
const rounds = 5;

/** `git merge` of many entities that both sides changed, with our driver, over the same merge with the driver `true`. */
export async function bench(): Promise<readonly Row[]> {
  const workshop = openWorkshop();
  try {
    const places = prepare(workshop);
    const ours = mergeNext(workshop, places, []);
    // Every file is still given to a driver, which leaves our version as it is.
    const baseline = mergeNext(workshop, places, ["-c", "merge.got-entity.driver=true"]);
    const first = await compare({
      what: `git merge of ${entities} entities changed on both sides`,
      baseline: { name: "the same merge with the driver command `true`", run: baseline },
      candidate: { run: ours },
      rounds,
      bar: 6,
    });
    return [first];
  } finally {
    workshop.dispose();
  }
}

/** Makes one repository for every measured merge, so that nothing has to be undone and no memo is warm. */
function prepare(workshop: Workshop): string[] {
  const repository = workshop.createRepository("template");
  const writeAll = (fields: object): void => {
    for (let index = 0; index < entities; index++) {
      const task = {
        id: `T-${index}`,
        type: "task",
        version: 1,
        title: "x",
        status: "pending",
        tags: ["a"],
        points: 1,
      };
      repository.write(
        `.got/entities/task/T-${index}.json`,
        `${JSON.stringify({ ...task, ...fields }, null, 2)}\n`,
      );
    }
    repository.git("add", "-A");
    repository.git("commit", "-q", "-m", "change");
  };
  writeAll({});
  repository.git("checkout", "-q", "-b", "theirs");
  writeAll({ points: 4, tags: ["a", "b"] });
  repository.git("checkout", "-q", "main");
  writeAll({ points: 3, title: "New" });
  repository.git("gc", "-q");
  return Array.from({ length: 2 * (rounds + 1) }, (_, index) => {
    const place = path.join(workshop.folder, `copy-${index}`);
    cpSync(repository.dir, place, { recursive: true, preserveTimestamps: true });
    workshop.run(place, "git", [
      "config",
      "merge.got-entity.driver",
      repository.driver("entity").replaceAll(repository.dir, place),
    ]);
    workshop.run(place, "git", ["update-index", "-q", "--refresh"]);
    return place;
  });
}

function mergeNext(workshop: Workshop, places: string[], options: readonly string[]): () => void {
  return () => {
    const place = places.pop();
    if (place === undefined) throw new Error("every repository is used up");
    const args = [...options, "merge", "-q", "-m", "merge", "theirs"];
    const run = spawnSync("git", args, {
      cwd: place,
      env: workshop.env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (run.status !== 0) throw new Error(`git merge ended with ${run.status}`);
  };
}
