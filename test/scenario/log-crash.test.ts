import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import path from "node:path";
import t from "tap";
import { compareEvents } from "../../src/model/event.ts";
import { allEvents, logFolderAt } from "../support/log.ts";
import { testEnvironment } from "../support/sandbox.ts";

const worker = path.resolve(import.meta.dirname, "..", "support", "log-worker.ts");
const writers = 4;
const rounds = 2;
const boundMs = 20_000;
const acknowledgedPerWriter = 60;

await t.test(
  "writers of one session are killed while its log is compacted: every event that was acknowledged is there, once",
  async (t) => {
    const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "got-log-crash-")));
    t.teardown(() => rmSync(root, { recursive: true, force: true }));
    const folder = logFolderAt(root);
    t.teardown(folder.close);
    const log = folder.open({ session: "shared", now: Date.now });
    const acknowledged = new Set<string>();
    let compactions = 0;
    let killed = 0;
    for (let round = 0; round < rounds; round++) {
      const children = Array.from({ length: writers }, (_, number) =>
        start(folder, `agent-${round}-${number}`),
      );
      const end = Date.now() + boundMs;
      const isDone = (): boolean =>
        children.every((writer) => writer.acknowledged().length >= acknowledgedPerWriter);
      while (!isDone() && Date.now() < end) {
        await pause(20);
        compactions += log.compact({ beforeMs: Number.MAX_SAFE_INTEGER, dryRun: false }).marked.length;
      }
      t.ok(isDone(), "every writer got on");
      for (const { child } of children) child.kill("SIGKILL");
      await Promise.all(children.map(({ ended }) => ended));
      killed += children.filter(({ child }) => child.signalCode === "SIGKILL").length;
      for (const writer of children) for (const id of writer.acknowledged()) acknowledged.add(id);
    }
    const events = await allEvents(log);
    const found = new Set(events.map(({ id }) => id));
    t.equal(found.size, events.length, "each once");
    t.same(
      [...acknowledged].filter((id) => !found.has(id)),
      [],
      `of ${acknowledged.size} acknowledged events`,
    );
    t.ok(killed > 0, `${killed} writers were killed at work`);
    t.ok(compactions > 0, `${compactions} compactions meanwhile`);
    t.same(events, events.toSorted(compareEvents));
    for (const agent of new Set(events.map((event) => event.agent))) {
      const numbers = events.filter((event) => event.agent === agent).map((event) => event["number"]);
      t.same(numbers, [...numbers.keys()], `${agent} wrote in this order, without a gap`);
    }
    log.compact({ beforeMs: Number.MAX_SAFE_INTEGER, dryRun: false });
    t.same(readdirSync(path.join(folder.workTree, ".got", "events")), ["shared.jsonl"]);
    t.same((await allEvents(log)).length, events.length);
  },
);

interface Writer {
  readonly child: ChildProcess;
  /** Ids of the appends that have returned. */
  readonly acknowledged: () => readonly string[];
  readonly ended: Promise<void>;
}

function start(folder: { readonly workTree: string; readonly commonDir: string }, agent: string): Writer {
  const file = path.join(folder.workTree, `acknowledged-${agent}`);
  const child = spawn(
    process.execPath,
    ["--import=tsx", worker, folder.workTree, folder.commonDir, "shared", agent, file],
    {
      cwd: path.resolve(import.meta.dirname, "..", ".."),
      env: testEnvironment(folder.commonDir),
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
  });
  // A killed writer's last line may be torn: what is behind the last newline does not count.
  const acknowledged = (): readonly string[] =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  return { child, acknowledged, ended };
}
