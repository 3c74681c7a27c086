import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { createLocks } from "../../src/lock/create-locks.ts";
import { createFileBackend } from "../../src/lock/file/file-backend.ts";
import { testEnvironment } from "../support/sandbox.ts";
import { lockContractRounds } from "./lock/lock-adapter.ts";
import { expectGrant } from "./lock/support.ts";
import { createWorkers } from "./lock/worker-process.ts";

const hooks = path.resolve(import.meta.dirname, "../../hooks");
const script = path.join(import.meta.dirname, "lock", "sh-worker.sh");

for (const shell of [["dash"], ["busybox", "sh"]]) {
  void t.test(`the hooks' lock in ${shell.join(" ")} and ours exclude each other`, async (t) => {
    const common = mkdtempSync(path.join(os.tmpdir(), "got-mixed-"));
    t.teardown(() => rmSync(common, { recursive: true, force: true }));
    const directory = path.join(common, "got", "locks");
    const [counter, tokens] = [path.join(common, "counter"), path.join(common, "tokens")];
    writeFileSync(counter, "0\n");
    writeFileSync(tokens, "");
    const workers = await createWorkers("file", directory);
    t.teardown(workers.dispose);
    const [processes, rounds] = [lockContractRounds(8), lockContractRounds(20)];

    const shells = Array.from({ length: processes }, () =>
      runShell(shell, [script, hooks, common, "mixed", counter, tokens, String(rounds)], common),
    );
    const crowd = await workers.startMany(processes);
    const answers = crowd.map((worker) =>
      worker.send({ do: "plain", resources: ["mixed"], counter, tokens, rounds }),
    );
    const endings = await Promise.all(shells);
    t.strictSame(
      endings,
      Array.from({ length: processes }, () => ({ status: 0, stderr: "" })),
    );
    for (const answer of await Promise.all(answers)) t.equal(answer["granted"], rounds);
    t.equal(readFileSync(counter, "utf8").trim(), String(2 * processes * rounds), "no update is lost");
    const seen = readFileSync(tokens, "utf8").trim().split("\n").map(Number);
    t.equal(seen.length, 2 * processes * rounds);
    t.ok(
      seen.every((token, index) => index === 0 || token > (seen[index - 1] ?? 0)),
      "every token is greater than the one before",
    );
  });
}

void t.test("a shell holder is named to those who wait, and a reader keeps a shell out", async (t) => {
  const common = mkdtempSync(path.join(os.tmpdir(), "got-mixed-"));
  t.teardown(() => rmSync(common, { recursive: true, force: true }));
  const directory = path.join(common, "got", "locks");
  const locks = createLocks({
    backend: createFileBackend({ directory }),
    process: { pid: process.pid, host: os.hostname() },
  });
  const holding = [
    `got_bin='${hooks}' got_common='${common}' got_dir='${common}' got_name=x got_agent=ada got_session=s1`,
    `. "$got_bin/lib.sh"; . "$got_bin/lock.sh"`,
  ].join("; ");
  // The lock is taken in the name of this test's process, as the hooks take it in git's name.
  const taken = await runShell(
    ["dash"],
    ["-c", `${holding}; got_lock repo ${process.pid} 0 'git merge'`],
    common,
  );
  t.strictSame(taken, { status: 0, stderr: "" });
  t.match(await locks.try("repo"), {
    kind: "timedOut",
    holders: [{ agent: "ada", what: "git merge", pid: process.pid }],
  });
  t.match(await locks.break("repo", { reason: "test" }), { kind: "broken" });

  const workers = await createWorkers("file", directory);
  t.teardown(workers.dispose);
  const reader = await workers.start();
  await reader.send({ do: "acquire", resources: ["repo"], options: { mode: "shared" } });
  const refused = await runShell(["dash"], ["-c", `${holding}; got_lock repo $$ 50 x`], common);
  t.equal(refused.status, 1, "the shell waits for readers");
  await reader.end();
  t.strictSame(await runShell(["dash"], ["-c", `${holding}; got_lock repo $$ 50 x && got_unlock`], common), {
    status: 0,
    stderr: "",
  });
  await (await expectGrant(locks.try("repo"))).release();
});

interface Ending {
  readonly status: number | null;
  readonly stderr: string;
}

function runShell(shell: readonly string[], args: readonly string[], home: string): Promise<Ending> {
  const [command = "sh", ...options] = shell;
  const child = spawn(command, [...options, ...args], {
    env: testEnvironment(home),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stderr }));
  });
}
