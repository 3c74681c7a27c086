import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { cli } from "../support/run-cli.ts";
import { createRepository, createSandbox } from "../support/sandbox.ts";
import { waitUntil } from "../contract/lock/support.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const { dir } = createRepository(sandbox);
const seen = path.join(sandbox.root, "seen");
const note = (what: string): string[] => ["sh", "-c", `printf '%s' "${what}" > '${seen}'`];

await t.test("lock run passes on the command's exit code, and tells it its tokens", async (t) => {
  const run = await cli(dir, ["lock", "run", "x", "repo", "--", ...note("$GOT_LOCK_TOKENS")]);
  t.match(run, { status: 0, stdout: "", stderr: "" });
  t.equal(readFileSync(seen, "utf8"), "repo=1 x=1");
  t.equal((await cli(dir, ["lock", "run", "x", "--", "sh", "-c", "exit 3"])).status, 3);
  t.equal((await cli(dir, ["lock", "run", "x", "--", "sh", "-c", "kill -9 $$"])).status, 137);
});

await t.test("options after the two dashes are the command's", async (t) => {
  t.equal(
    (await cli(dir, ["lock", "run", "x", "--", "sh", "-c", 'test "$1" = --fair', "sh", "--fair"])).status,
    0,
  );
});

await t.test("75 and the holder's name when it is not granted; the command does not run", async (t) => {
  const started = path.join(sandbox.root, "started");
  const holding = cli(
    dir,
    [
      "lock",
      "run",
      "busy",
      "--",
      "sh",
      "-c",
      `: > '${started}'; while [ -e '${started}' ]; do sleep 0.05; done`,
    ],
    {
      GOT_AGENT: "ada",
      GOT_SESSION: "s1",
    },
  );
  await waitUntil(() => existsSync(started));
  const run = await cli(dir, ["lock", "run", "busy", "--timeout", "0.1", "--", "touch", seen + ".never"]);
  t.equal(run.status, 75);
  t.match(
    run.stderr,
    /^the lock busy was not free within 0\.\d s, held by ada \(s1\), process \d+ on .*: sh -c/,
  );
  t.notOk(existsSync(`${seen}.never`));

  t.match((await cli(dir, ["lock", "list"])).stdout, /^busy {2}exclusive {2}token 1 {2}ada \(s1\), process/);
  const listed: unknown = JSON.parse((await cli(dir, ["lock", "list", "--json"])).stdout);
  t.match(listed, {
    version: 1,
    command: "lock list",
    data: { locks: [{ resource: "busy", holders: [{ agent: "ada", pid: process.pid }] }] },
  });
  const watched = await cli(dir, ["lock", "watch", "--for", "0.01", "--json"]);
  t.match(JSON.parse(watched.stdout.split("\n")[0] ?? ""), {
    kind: "taken",
    resource: "busy",
    holder: { agent: "ada" },
  });

  const broken = await cli(dir, ["lock", "break", "busy", "--reason", "test"]);
  t.equal(broken.status, 0);
  t.match(broken.stdout, /^Broke the lock busy of ada \(s1\).*tokens below 2 are fenced off/);
  const ended = await holding;
  t.not(ended.status, 0, "the command was ended");
  t.match(ended.stderr, /the lock busy was lost while sh ran/);
});

await t.test(
  "a command that is missing or cannot be started is a usage error, and nothing stays locked",
  async (t) => {
    t.match(await cli(dir, ["lock", "run", "x"]), { status: 2, stderr: /no command to run/ });
    t.match(await cli(dir, ["lock", "run", "x", "--", "no-such-program"]), {
      status: 2,
      stderr: /no-such-program could not be started/,
    });
    t.match(await cli(dir, ["lock", "list"]), { status: 0, stdout: "No locks are held.\n" });
    t.match(await cli(dir, ["lock", "break", "x", "--reason", "test"]), {
      status: 1,
      stdout: "Nobody holds the lock x.\n",
    });
    t.match(await cli(dir, ["lock", "break", "x"]), { status: 2, stderr: /reason/ });
  },
);

await t.test("GOT_LOCKS that means nothing, and places that are no repository, are refused", async (t) => {
  t.match(await cli(dir, ["lock", "list"], { GOT_LOCKS: "ftp://x" }), {
    status: 2,
    stderr: /"ftp" is no kind of lock/,
  });
  t.match(await cli(sandbox.root, ["lock", "list"]), { status: 1, stderr: /repository/ });
});

await t.test(
  "got.locks of the user's git configuration chooses the server, what the repository carries does not",
  async (t) => {
    const { dir: own, git } = createRepository(sandbox, "configured");
    mkdirSync(path.join(own, ".got"));
    writeFileSync(path.join(own, ".got", "config.json"), '{"locks":{"url":"nowhere://a"}}');
    writeFileSync(path.join(own, "shared.config"), "[got]\n\tlocks = nowhere://b\n");
    git("config", "include.path", "../shared.config");
    t.match(await cli(own, ["lock", "list"]), { status: 0 });
    git("config", "got.locks", "nowhere://c");
    const refused = await cli(own, ["lock", "list"]);
    t.match(refused, { status: 2, stderr: /"nowhere" is no kind of lock/ });
    t.match(await cli(own, ["lock", "list"], { GOT_LOCKS: "file" }), { status: 0 });
  },
);

await t.test("a signal goes to the command, and the lock is given back", async (t) => {
  const started = path.join(sandbox.root, "signalled");
  const main = path.resolve(import.meta.dirname, "../../src/cli/main.ts");
  const loader = import.meta.resolve("tsx");
  const script = `trap 'exit 5' TERM; : > '${started}'; while :; do sleep 0.05; done`;
  const child = spawn(
    process.execPath,
    [`--import=${loader}`, main, "lock", "run", "sig", "--", "sh", "-c", script],
    {
      cwd: dir,
      env: sandbox.env,
      stdio: "ignore",
    },
  );
  await waitUntil(() => existsSync(started));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  t.equal(await ended, 5);
  t.equal((await cli(dir, ["lock", "list"])).stdout, "No locks are held.\n");
});
