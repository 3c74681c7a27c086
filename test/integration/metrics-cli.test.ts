import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { findLongHolds } from "../../src/cli/commands/metrics/locks.ts";
import { cli } from "../support/run-cli.ts";
import { createRepository, createSandbox } from "../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

await t.test("metrics shows what other commands met at the locks", async (t) => {
  const { dir } = createRepository(sandbox);
  t.match(await cli(dir, ["metrics"]), { status: 0, stdout: /^No locks were taken since / });
  await cli(dir, ["lock", "run", "x", "--", "true"]);
  const nested = ["lock", "run", "x", "--", "sh", "-c", "sleep 0.2"];
  await Promise.all([cli(dir, nested), cli(dir, nested)]);
  const [text, json] = [await cli(dir, ["metrics"]), await cli(dir, ["metrics", "--json"])];
  t.match(text.stdout, /^x {2}3 attempts, 1 contended\n {2}waits {2}p50 [\d.]+ ms .*\n {2}holds {2}p50 /);
  t.match(JSON.parse(json.stdout), {
    command: "metrics",
    data: {
      resources: [
        { resource: "x", attempts: 3, granted: 3, contended: 1, waitMs: { count: 3 }, holdMs: { count: 3 } },
      ],
      warnings: [],
      longHolds: [],
      skippedLines: 0,
    },
  });
});

await t.test("long waits are warnings and long holds alerts", async (t) => {
  const { dir } = createRepository(sandbox, "slow");
  const folder = path.join(dir, ".git", "got", "metrics");
  mkdirSync(folder, { recursive: true });
  const at = "1970-01-01T00:00:00.000Z";
  const lines = [
    { at, kind: "wait", resource: "x", ending: "granted", ms: 1_234, contended: true },
    { at, kind: "hold", resource: "x", ms: 61_000, lost: false },
  ];
  writeFileSync(
    path.join(folder, "locks-1970-01-01.jsonl"),
    `${lines.map((line) => JSON.stringify(line)).join("\n")}\ntorn`,
  );
  const { stdout } = await cli(dir, ["metrics"]);
  t.match(stdout, "warning: x: 1 waits over 1.0 s, the longest 1.2 s\n");
  t.match(stdout, "alert: x: 1 holds over 60.0 s, the longest 61.0 s\n");
  t.match(stdout, "note: 1 lines could not be read and do not count\n");
  t.strictSame(readdirSync(folder), ["locks-1970-01-01.jsonl"], "looking writes nothing");
});

await t.test("who holds a lock for over a minute is an alert while it lasts", async (t) => {
  const now = new Date("2026-01-01T00:02:00Z");
  const holder = { agent: "ada", session: undefined, what: "make", pid: process.pid, host: "h", token: 1 };
  const states = ["2026-01-01T00:00:50Z", "2026-01-01T00:01:10Z", "-"].map((since) => ({
    resource: since,
    token: 1,
    holders: [{ ...holder, mode: "exclusive" as const, since, state: "alive" as const }],
  }));
  t.match(findLongHolds(states, now), [{ resource: "2026-01-01T00:00:50Z", heldMs: 70_000 }]);
  t.equal(findLongHolds(states, now).length, 1);
});

await t.test("a number of days that means nothing is refused", async (t) => {
  const { dir } = createRepository(sandbox, "bad");
  for (const days of ["0", "-1", "8", "x"])
    t.match(await cli(dir, ["metrics", "--days", days]), { status: 2, stderr: /--days/ }, days);
});
