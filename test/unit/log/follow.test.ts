import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { listAllInputs } from "../../../src/log/all-inputs.ts";
import { Follower } from "../../../src/log/follow.ts";
import { spoolDirectory } from "../../../src/log/spool.ts";
import { createLogFolder, eventLine, type LogFolder } from "../../support/log.ts";

await t.test("yields what comes into the spool, and not again when it is folded", async (t) => {
  const folder = createLogFolder(t);
  const spool = path.join(spoolDirectory(folder.commonDir), "main.jsonl");
  mkdirSync(path.dirname(spool), { recursive: true });
  writeFileSync(spool, eventLine("before", 1));
  const seen = await follow(folder, ["a", "b", "c", "d"], (id) => {
    if (id === null) appendFileSync(spool, eventLine("a", 2));
    if (id === "a") {
      // A fold: the events go to a log of the work tree; the next ones make a new spool file.
      renameSync(spool, `${spool.slice(0, -".jsonl".length)}.1-2.folding`);
      folder.write("events/s.1.jsonl", eventLine("before", 1) + eventLine("a", 2));
      writeFileSync(spool, eventLine("b", 3));
    }
    if (id === "b") {
      rmSync(`${spool.slice(0, -".jsonl".length)}.1-2.folding`);
      // Not a line yet: what is torn is shown when it is whole.
      appendFileSync(spool, eventLine("c", 4).slice(0, 20));
      appendFileSync(spool, eventLine("c", 4).slice(20));
    }
    if (id === "c") writeFileSync(spool, eventLine("d", 5).padStart(600, " "));
  });
  t.same(seen, ["a", "b", "c", "d"]);
});

await t.test("a log that was changed before what was read is read again as a whole", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/s.jsonl", eventLine("x", 5));
  const seen = await follow(folder, ["merged"], (id) => {
    if (id === null) folder.write("events/s.jsonl", eventLine("merged", 1) + eventLine("x", 5));
  });
  t.same(seen, ["merged"]);
});

await t.test("ends at the signal though nothing comes in", async (t) => {
  const folder = createLogFolder(t);
  t.same(await follow(folder, [], () => {}), []);
});

await t.test("keeps no process alive after the signal, though nobody reads on", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/s.jsonl", eventLine("before", 1));
  const url = (file: string): string => new URL(`../../../src/${file}`, import.meta.url).href;
  const script = `
    import { appendFileSync } from "node:fs";
    import { watchLog } from ${JSON.stringify(url("log/watch.ts"))};
    const end = new AbortController();
    const events = watchLog(process.argv[1], { signal: end.signal, onProblem: () => {} });
    const first = events.next();
    appendFileSync(process.argv[1] + "/.got/events/s.jsonl", process.argv[2]);
    console.log((await first).value.id);
    end.abort();
  `;
  const args = [
    "--import",
    "tsx",
    "--input-type=module",
    "--eval",
    script,
    "--",
    folder.workTree,
    eventLine("new", 2),
  ];
  const done = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 });
  t.match(done, { status: 0, signal: null, stdout: "new\n" });
});

/** Follows until `wanted` have come; `act` is called before the first (with null) and at each. */
async function follow(
  folder: LogFolder,
  wanted: readonly string[],
  act: (id: string | null) => void,
): Promise<string[]> {
  const end = new AbortController();
  const places = { commonDir: folder.commonDir, workTrees: [folder.workTree] };
  const follower = new Follower({
    list: () => listAllInputs(places, () => {}),
    folders: () => [spoolDirectory(folder.commonDir), path.join(folder.workTree, ".got", "events")],
    signal: end.signal,
    onProblem: () => {},
  });
  for (const _ of follower.before());
  act(null);
  if (wanted.length === 0) setImmediate(() => end.abort());
  const seen: string[] = [];
  for await (const { id } of follower.after()) {
    seen.push(id);
    act(id);
    if (seen.length >= wanted.length) end.abort();
  }
  follower.close();
  return seen;
}
