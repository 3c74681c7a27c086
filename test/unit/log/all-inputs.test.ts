import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { openAllInputs } from "../../../src/log/all-inputs.ts";
import type { LogProblem } from "../../../src/log/log.ts";
import { readEvents } from "../../../src/log/read-events.ts";
import { holdsEvents } from "../../../src/log/spool.ts";
import { createLogFolder, eventLine, type LogFolder } from "../../support/log.ts";

await t.test("reads the spool's files of every kind and the logs of every work tree, each id once", (t) => {
  const folder = createLogFolder(t);
  const other = path.join(path.dirname(folder.workTree), "other");
  spool(folder, "main.jsonl", eventLine("a", 1));
  spool(folder, "main.jsonl.1", eventLine("b", 2));
  spool(folder, "w.12-34.one.jsonl", eventLine("c", 3));
  spool(folder, "w.12-34.folding", eventLine("d", 4));
  spool(folder, "w.12-34.tmp", eventLine("not complete", 5));
  spool(folder, "torn.jsonl", eventLine("no event", 6));
  folder.write("events/s.jsonl", eventLine("d", 4) + eventLine("e", 7));
  mkdirSync(path.join(other, ".got", "events"), { recursive: true });
  writeFileSync(path.join(other, ".got", "events", "s.jsonl"), eventLine("d", 4));
  writeFileSync(path.join(other, ".got", "events", "t.jsonl"), eventLine("f", 8));
  const { ids, names, problems } = readAll(folder, [folder.workTree, other]);
  t.same(ids, ["a", "b", "c", "d", "e", "f"]);
  t.notOk(
    names.includes(path.join(other, ".got", "events", "s.jsonl")),
    "it is the beginning of the other one",
  );
  t.same(problems, []);
  t.end();
});

await t.test("logs of one name that differ are both read", (t) => {
  const folder = createLogFolder(t);
  const other = path.join(path.dirname(folder.workTree), "other");
  folder.write("events/s.jsonl", eventLine("a", 1) + eventLine("b", 2));
  mkdirSync(path.join(other, ".got", "events"), { recursive: true });
  writeFileSync(path.join(other, ".got", "events", "s.jsonl"), eventLine("a", 1) + eventLine("c", 3));
  t.same(readAll(folder, [folder.workTree, other]).ids, ["a", "b", "c"]);
  t.end();
});

await t.test("events that are folded between opening and reading are found all the same", (t) => {
  const folder = createLogFolder(t);
  spool(folder, "main.jsonl", eventLine("a", 1));
  const opened = openAllInputs({ commonDir: folder.commonDir, workTrees: [folder.workTree] }, () => {});
  renameSync(fileIn(folder, "main.jsonl"), fileIn(folder, "main.1-2.folding"));
  const events = [...readEvents(opened.inputs, { onProblem: () => {} })];
  const again = [...readEvents(opened.inputs, { onProblem: () => {} })];
  opened.close();
  t.match(events, [{ id: "a" }]);
  t.same(again, events, "a second reading finds the same");
  t.end();
});

await t.test(
  "a work tree whose log leads out of the repository is reported, and the others are read",
  (t) => {
    const folder = createLogFolder(t);
    const other = path.join(path.dirname(folder.workTree), "other");
    mkdirSync(other);
    symlinkSync(path.dirname(folder.workTree), path.join(other, ".got"));
    folder.write("events/s.jsonl", eventLine("a", 1));
    const { ids, problems } = readAll(folder, [folder.workTree, other]);
    t.same(ids, ["a"]);
    t.match(problems, [{ file: path.join(other, ".got"), reason: /is a symbolic link and is not followed/ }]);
    t.end();
  },
);

await t.test("a link in the spool is not followed", (t) => {
  const folder = createLogFolder(t);
  folder.write("elsewhere.jsonl", eventLine("a", 1));
  spool(folder, "main.jsonl", eventLine("b", 2));
  symlinkSync(path.join(folder.workTree, ".got", "elsewhere.jsonl"), fileIn(folder, "w.jsonl"));
  t.same(readAll(folder, [folder.workTree]).ids, ["b"]);
  t.end();
});

await t.test("names in the spool", (t) => {
  for (const name of ["main.jsonl", "main.jsonl.4", "%6Dain.jsonl", "w.1-2.one.jsonl", "w.1-2.folding"])
    t.ok(holdsEvents(name), name);
  for (const name of ["torn.jsonl", "w.1-2.tmp", "w", "jsonl"]) t.notOk(holdsEvents(name), name);
  t.end();
});

function fileIn(folder: LogFolder, name: string): string {
  return path.join(folder.commonDir, "got", "spool", name);
}

function spool(folder: LogFolder, name: string, content: string): void {
  mkdirSync(path.dirname(fileIn(folder, name)), { recursive: true });
  writeFileSync(fileIn(folder, name), content);
}

function readAll(
  { commonDir }: LogFolder,
  workTrees: readonly string[],
): { ids: string[]; names: string[]; problems: LogProblem[] } {
  const problems: LogProblem[] = [];
  const onProblem = (problem: LogProblem): number => problems.push(problem);
  const opened = openAllInputs({ commonDir, workTrees }, onProblem);
  const ids = [...readEvents(opened.inputs, { onProblem })].map(({ id }) => id);
  opened.close();
  return { ids, names: opened.inputs.map(({ name }) => name), problems };
}
