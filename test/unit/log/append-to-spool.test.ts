import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { appendToSpool, spoolName } from "../../../src/log/append-to-spool.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "got-spool-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const hooks = path.resolve(import.meta.dirname, "..", "..", "..", "hooks");

await t.test("a worktree's spool is called as the hooks call it", async (t) => {
  const script = 'got_bin=$1; . "$1/lib.sh"; got_name_spool "$2"; printf %s "$got_encoded"';
  for (const name of [
    "topic",
    "main",
    ".dot",
    "-dash",
    "sp ace",
    "ünï",
    "per%cent",
    `long-${"x".repeat(200)}`,
  ]) {
    const hook = spawnSync("sh", ["-c", script, "sh", hooks, name], { encoding: "utf8" });
    t.equal(spoolName(name, false), hook.stdout, name.slice(0, 20));
  }
  t.equal(spoolName("main", true), "main");
});

await t.test("short events share a file, a long one has its own, complete under its name", async (t) => {
  const writer = {
    commonDir: folder,
    worktree: "main",
    isMain: true,
    session: "s",
    agent: "ada",
    now: () => 1_700_000_000_000,
    randomHex: () => "00000000",
  };
  appendToSpool(writer, [{ event: "a" }, { event: "long", text: "x".repeat(2000) }, { event: "b" }]);
  const spool = path.join(folder, "got", "spool");
  const names = readdirSync(spool).sort();
  t.match(names, [/^main\.00000000-\d+\.one\.jsonl$/, "main.jsonl"]);
  const events = names.flatMap((name) =>
    readFileSync(path.join(spool, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; ts: string }),
  );
  t.same(
    events.map(({ event }) => event),
    ["long", "a", "b"],
  );
  t.same(new Set(events.map(({ ts }) => ts)).size, 3, "each has a stamp of its own");
});
