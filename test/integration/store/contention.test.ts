import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { readEntityContention } from "../../../src/store/metrics/read-entity-contention.ts";
import { bundleWorker } from "../../support/bundle-worker.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, testEnvironment } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

/** Counts one entity up in several processes at once; gives the tries that they report. */
async function fight(dir: string, processes: number, times: number): Promise<number> {
  const script = path.resolve(import.meta.dirname, "../../../bench/support/store-worker.ts");
  const worker = await bundleWorker(script, sandbox.root);
  const children: ChildProcess[] = Array.from({ length: processes }, () =>
    spawn(process.execPath, [worker, dir, "increment", "all", String(times)], {
      env: testEnvironment(sandbox.root),
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  t.teardown(() => children.forEach((child) => child.kill("SIGKILL")));
  await Promise.all(children.map((child) => once(child.stdout ?? child, "data")));
  let output = "";
  for (const child of children) child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ends = children.map((child) => once(child, "close"));
  for (const child of children) child.stdin?.write("go\n");
  for (const [code] of await Promise.all(ends)) t.equal(code, 0);
  return [...output.matchAll(/"attempts":(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

await t.test("what processes that fight over an entity went through adds up", async (t) => {
  const { dir } = createRepository(sandbox);
  const tries = await fight(dir, 4, 15);
  const { entities, locks } = readEntityContention(path.join(dir, ".git", "got", "metrics"), new Date(0));
  const [counter, ...others] = entities;
  t.strictSame(others, []);
  t.match(counter, { ref: "counter:all", commits: 60, attempts: tries, conflicts: tries - 60, abandoned: 0 });
  t.equal(counter?.retries, counter?.conflicts, "each conflict was tried again");
  const contended = (counter?.conflicts ?? 0) + (counter?.waits ?? 0);
  t.ok(contended > 0, "four processes at once do meet");
  if ((counter?.conflicts ?? 0) > 0) t.match(counter?.fields[0], { field: "n", shape: "number" });
  for (const { waits, waitMs, longestWaitMs } of locks) {
    t.ok(waits > 0 && longestWaitMs <= waitMs);
  }

  const all = await cli(dir, ["metrics", "contention", "--threshold", "0.001", "--json"]);
  t.match(JSON.parse(all.stdout), {
    command: "metrics",
    data: { threshold: 0.001, matched: 1, alerts: [{ ref: "counter:all", tries }] },
  });
  const text = (await cli(dir, ["metrics", "contention", "--threshold", "0.001"])).stdout;
  t.match(text, new RegExp(`^counter:all {2}${tries} attempts, 60 committed`));
  t.match(text, /\nalert: counter:all: \d+ % of \d+ tries/);
  t.match(text, "got-hooks lock run entity/counter/all -- <command>\n");
  const checked = await cli(dir, ["metrics", "contention", "--threshold", "0.001", "--check"]);
  t.equal(checked.status, 1, "--check makes an alert an exit code");
  t.equal((await cli(dir, ["metrics", "contention", "--type", "task", "--check"])).status, 0);
});

const at = "1970-01-01T00:00:00.000Z";
function record(dir: string, ...lines: readonly object[]): void {
  const folder = path.join(dir, ".git", "got", "metrics");
  mkdirSync(folder, { recursive: true });
  const text = lines.map((line) => `${JSON.stringify({ at, ...line })}\n`).join("");
  writeFileSync(path.join(folder, "entities-1970-01-01.jsonl"), text);
}

await t.test("an alert says what to change, for each kind of contention", async (t) => {
  const repository = createRepository(sandbox, "advice");
  const { dir } = repository;
  repository.write(
    ".got/config.json",
    JSON.stringify({ version: 1, merge: { thing: { votes: "counter" } }, metrics: { contentionAlert: 0.4 } }),
  );
  const half = { kind: "entity", attempts: 40, commits: 20, conflicts: 20 };
  const clash = (field: string, shape: string): object => ({
    [field]: { attempts: 40, conflicts: 20, clashes: 20, shape },
  });
  record(
    dir,
    { ...half, ref: "thing:votes", fields: clash("votes", "number") },
    { ...half, ref: "thing:owner it's", fields: clash("owner", "other") },
    { ...half, ref: "thing:total", fields: clash("total", "number") },
    { ...half, ref: "thing:steps", fields: clash("steps", "records") },
    {
      ...half,
      ref: "thing:wide",
      apartConflicts: 20,
      fields: { "a\u001b": { attempts: 20, conflicts: 20 }, b: { attempts: 20, conflicts: 20 } },
    },
    { ...half, ref: "thing:read", readConflicts: 20 },
    { ...half, ref: "thing:*", readConflicts: 20 },
    { kind: "entity", ref: "thing:calm", attempts: 30, commits: 19, conflicts: 11 },
    { kind: "lock", lock: "store", waits: 2, waitMs: 3, longestWaitMs: 2 },
  );
  const { status, stdout } = await cli(dir, ["metrics", "contention"]);
  t.equal(status, 0);
  const alerts = stdout.slice(stdout.indexOf("lock store"));
  t.equal(
    alerts
      .split("\n")
      .filter((line) => !line.startsWith("alert: thing:calm"))
      .join("\n"),
    [
      "lock store  2 waits, 1.50 ms on average, the longest 2.00 ms",
      "alert: thing:*: 50 % of 40 tries met a conflict",
      "  list fewer: a filter that only what the work rests on passes keeps other changes of thing entities out",
      '  or it was only read: where the work does not rest on that, isolation: "snapshot" does not check it',
      "  or take turns for the whole of the work: got-hooks lock run 'entity/thing' -- <command>".replaceAll(
        "'",
        "",
      ),
      "alert: thing:owner it's: 50 % of 40 tries met a conflict",
      "  take turns for the whole of the work: got-hooks lock run 'entity/thing/owner it'\\''s' -- <command>",
      "alert: thing:read: 50 % of 40 tries met a conflict",
      '  it was only read: where the work does not rest on that, isolation: "snapshot" does not check it',
      "  or take turns for the whole of the work: got-hooks lock run entity/thing/read -- <command>",
      "alert: thing:steps: 50 % of 40 tries met a conflict",
      '  give steps a rule that joins its changes, in .got/config.json: {"merge":{"thing":{"steps":{"rule":"list","key":"id"}}}}; then use onConflict: "merge"',
      "  or take turns for the whole of the work: got-hooks lock run entity/thing/steps -- <command>",
      "alert: thing:total: 50 % of 40 tries met a conflict",
      '  give total a rule that joins its changes, in .got/config.json: {"merge":{"thing":{"total":"counter"}}}; then use onConflict: "merge"',
      "  or take turns for the whole of the work: got-hooks lock run entity/thing/total -- <command>",
      "alert: thing:votes: 50 % of 40 tries met a conflict",
      '  let the store join changes of votes, for which the policy has the rule counter: onConflict: "merge"',
      "  or take turns for the whole of the work: got-hooks lock run entity/thing/votes -- <command>",
      "alert: thing:wide: 50 % of 40 tries met a conflict",
      '  the changes were in different fields (a\\x1b, b): let the store join them with onConflict: "merge"',
      "  or split thing:wide: give fields that different work changes (a\\x1b, b) entities of their own",
      "",
    ].join("\n"),
  );
  t.match(stdout, "thing:calm  30 attempts, 19 committed, 11 conflicts\n");
  const lower = await cli(dir, ["metrics", "contention", "--threshold", "0.36", "--limit", "1"]);
  t.match(lower.stdout, "(1 of 8)\n");
  t.match(lower.stdout, "alert: thing:calm: 37 % of 30 tries", "an alert is shown though its entity is not");
});

await t.test("transactions are shown with what they changed, or why they could not", async (t) => {
  const { dir } = createRepository(sandbox, "transactions");
  t.match(await cli(dir, ["metrics", "transactions"]), {
    status: 0,
    stdout: /^No transactions ended since /,
  });
  t.equal((await cli(dir, ["entity", "create", "task:T-1", "title=x"])).status, 0);
  t.equal((await cli(dir, ["entity", "set", "task:T-1", "status=closed"])).status, 0);
  record(dir, {
    kind: "aborted",
    at: "1970-01-02T00:00:00.000Z",
    tx: "tx-1",
    agent: "bob",
    reason: "conflict",
    refs: ["task:T-1"],
    conflicts: [
      { ref: "task:T-1", reason: "write", expected: 1, actual: 2, fields: ["status"], clashes: ["status"] },
    ],
  });
  const { stdout } = await cli(dir, ["metrics", "transactions", "--type", "task"]);
  const [created, updated, aborted] = stdout.split("\n");
  t.match(created, /^1970-\S+ {2}COMMITTED {2}tx-\S+ {2}Ada {2}task:T-1 v1$/);
  t.match(updated, /^1970-\S+ {2}COMMITTED {2}tx-\S+ {2}Ada {2}task:T-1 v2$/);
  t.match(aborted, /^1970-\S+ {2}ABORTED {4}tx-1 {2}bob {2}conflict: task:T-1 v1 became v2 \(status\)$/);
  t.match(await cli(dir, ["metrics", "transactions", "--limit", "1"]), {
    stdout: /ABORTED .*\n\(1 of 3\)\n$/,
  });
  t.match(await cli(dir, ["metrics", "transactions", "--type", "note"]), { stdout: /^No transactions/ });
});

await t.test("options that mean nothing are refused, and a broken configuration is named", async (t) => {
  const repository = createRepository(sandbox, "bad");
  const { dir } = repository;
  for (const [option, ...argv] of [
    ["--threshold", "contention", "--threshold", "0"],
    ["--threshold", "contention", "--threshold", "1.5"],
    ["--threshold", "transactions", "--threshold", "0.5"],
    ["--limit", "contention", "--limit", "-1"],
    ["--type", "locks", "--type", "task"],
    ["--check", "--check"],
  ] as const)
    t.match(await cli(dir, ["metrics", ...argv]), { status: 2, stderr: new RegExp(option) }, argv.join(" "));
  t.match(await cli(dir, ["metrics", "weather"]), { status: 2 });
  repository.write(".got/config.json", '{"metrics":{"contentionAlert":30}}');
  t.match(await cli(dir, ["metrics", "contention"]), { status: 1, stderr: /metrics\.contentionAlert/ });
});
