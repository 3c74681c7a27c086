import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bundleWorker } from "../../support/bundle-worker.ts";
import { bothChanged, diverge, resolve } from "../../support/conflicted.ts";
import { spooledEvents } from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
let count = 0;

/** A merge with a conflict in code, and a resolver that is this script; it gets base, ours, theirs, file and name. */
function merging(script: string): Repository {
  const repository = createRepository(sandbox, `repo-${count++}`);
  diverge(repository, {
    ...bothChanged,
    "src/a.ts": { base: "one\ntwo\nthree\n", ours: "one\nours\nthree\n", theirs: "one\ntheirs\nthree\n" },
  });
  const file = path.join(sandbox.root, `resolver-${count}.sh`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  repository.git("config", "got.resolver", file);
  t.not(repository.try("merge", "-q", "topic").status, 0);
  return repository;
}

function resolverEvents(repository: Repository): ReturnType<typeof spooledEvents> {
  return spooledEvents(repository).filter(({ event }) => event === "merge.resolver");
}

await t.test("a good resolver's result is taken, staged and recorded", async (t) => {
  const repository = merging(
    'test "$GOT_FILE" = "$4" && cat "$2" "$3" | sort -u >"$4"; echo done; echo "$GOT_PATH" "$5"',
  );
  const run = await resolve(repository.dir, "--ours");
  t.equal(run.status, 0, run.stderr);
  t.equal(repository.read("src/a.ts"), "one\nours\ntheirs\nthree\n");
  t.notMatch(repository.git("status", "--porcelain"), /^.[^ ]/m);
  t.match(resolverEvents(repository), [
    {
      path: "src/a.ts",
      outcome: "resolved",
      result: repository.git("rev-parse", ":src/a.ts").trim(),
      output: "done\nsrc/a.ts src/a.ts\n",
    },
  ]);
  repository.git("commit", "-q", "--no-edit");
});

await t.test("what is refused leaves the file byte for byte, and says why", async (t) => {
  const good = 'cat "$2" >"$4"';
  const cases: Record<string, { script: string; reason: RegExp; config?: string[] }> = {
    "one that leaves markers": { script: ":", reason: /it left conflict markers/ },
    "one that leaves half a conflict": {
      script: 'echo ">>>>>>> topic" >>"$2"; cp "$2" "$4"',
      reason: /it left conflict markers/,
    },
    "one that crashes": { script: `${good}; exit 3`, reason: /it ended with status 3/ },
    "one that is killed": {
      script: `${good}; kill -9 $$`,
      reason: /it ended with status 137|ended by SIGKILL/,
    },
    "one that removes the file": { script: 'rm "$4"', reason: /it left no file/ },
    "one that writes another file": {
      script: `${good}; echo x >other.txt`,
      reason: /it touched the work tree/,
    },
    "one that changes a tracked file": {
      script: `${good}; echo x >>.got/entities/task/T-1.json`,
      reason: /it touched the work tree/,
    },
    "one that works on the file itself": {
      script: `${good}; cp "$2" "$5"`,
      reason: /it touched the work tree/,
    },
    "one that stages": {
      script: `${good}; cp "$2" "$5"; git add "$5"`,
      reason: /it touched the work tree, the index/,
    },
    "one that commits elsewhere": { script: `${good}; git branch mine`, reason: /it touched refs/ },
    "one that changes the configuration": {
      script: `${good}; git config core.pager evil`,
      reason: /it touched the configuration/,
    },
    "one that leaves a hook": {
      script: `${good}; mkdir -p .git/hooks; echo evil >.git/hooks/pre-commit`,
      reason: /it touched the hooks/,
    },
    "one that hangs": {
      script: 'sleep 600 & echo $! >"$PIDS"; sleep 600',
      reason: /it took longer than 1 s/,
      config: ["got.resolverTimeout", "1"],
    },
  };
  for (const [what, { script, reason, config }] of Object.entries(cases)) {
    const pids = path.join(sandbox.root, `pids-${count}`);
    const repository = merging(script.replaceAll("$PIDS", pids));
    if (config !== undefined) repository.git("config", ...config);
    const before = readFileSync(path.join(repository.dir, "src/a.ts"));
    const stages = repository.git("ls-files", "-u", "--", "src/a.ts");
    const run = await resolve(repository.dir, "--ours");
    t.equal(run.status, 1, what);
    t.match(resolverEvents(repository), [{ outcome: "refused", reason }], what);
    t.ok(readFileSync(path.join(repository.dir, "src/a.ts")).equals(before), `${what}: the file`);
    t.equal(repository.git("ls-files", "-u", "--", "src/a.ts"), stages, `${what}: its conflict`);
    if (existsSync(pids)) {
      const pid = readFileSync(pids, "utf8").trim();
      t.notOk(
        existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("sleep"),
        "its child is gone",
      );
    }
  }
});

await t.test(
  "what stood in the place of a file that is put back is kept: somebody may have written it",
  async (t) => {
    const repository = merging('cat "$2" >"$4"; echo mine >"$5"');
    await resolve(repository.dir, "--ours");
    const [event] = resolverEvents(repository);
    t.match(event, { outcome: "refused", kept: /[^]got[^]kept[^]/ });
    t.equal(readFileSync(String(event?.["kept"]), "utf8"), "mine\n");
  },
);

await t.test(
  "line ends are those of the checkout for the resolver, and git's own in its result",
  async (t) => {
    const repository = merging('grep -v "^[<=>|]" "$4" >"$4.new"; mv "$4.new" "$4"');
    repository.git("merge", "--abort");
    repository.git("config", "core.autocrlf", "true");
    repository.git("rm", "-q", "--cached", "-r", ".");
    repository.git("reset", "-q", "--hard");
    t.not(repository.try("merge", "-q", "topic").status, 0);
    t.match(await resolve(repository.dir, "--ours"), { status: 0 });
    t.equal(repository.read("src/a.ts"), "one\r\nours\r\ntheirs\r\nthree\r\n");
    t.equal(repository.git("cat-file", "blob", ":src/a.ts"), "one\nours\ntheirs\nthree\n");
    t.match(resolverEvents(repository), [{ result: repository.git("rev-parse", ":src/a.ts").trim() }]);
  },
);

await t.test("a timeout that can't be is said before anything is written", async (t) => {
  const repository = merging(":");
  repository.git("config", "got.resolverTimeout", "soon");
  const before = repository.git("ls-files", "-u");
  t.match(await resolve(repository.dir, "--ours"), { status: 2, stderr: /got.resolverTimeout is soon/ });
  t.equal(repository.git("ls-files", "-u"), before);
});

await t.test(
  "while a resolver is at work, another resolve in the worktree is told to wait for it",
  async (t) => {
    const repository = merging(
      'echo "$$" >.git/at-work; while ! test -e .git/go; do sleep 0.05; done; cat "$2" >"$4"',
    );
    const first = resolve(repository.dir, "--ours");
    await waitFor("the resolver", () => existsSync(path.join(repository.dir, ".git", "at-work")));
    t.match(await resolve(repository.dir, "--theirs"), {
      status: 1,
      stderr: /Another got-hooks resolve is at work in this worktree/,
    });
    repository.write(".git/go", "");
    t.match(await first, { status: 0 });
    t.equal(resolverEvents(repository).length, 1);
    t.match(await resolve(repository.dir, "--theirs"), { status: 0, data: { files: [] } });
  },
);

await t.test(
  "interrupted, it leaves no resolver at work, no temporary folder and the file as it was",
  async (t) => {
    const repository = merging('echo "$$" >.git/pid.new; mv .git/pid.new .git/pid; exec sleep 600');
    const before = repository.read("src/a.ts");
    const temporary = path.join(sandbox.root, "temporary");
    mkdirSync(temporary);
    const program = await bundleWorker(
      path.resolve(import.meta.dirname, "../../../src/cli/main.ts"),
      sandbox.root,
    );
    const child = spawn(process.execPath, [program, "resolve", "--ours"], {
      cwd: repository.dir,
      env: { ...sandbox.env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(child, "exit");
    const said = child.stdout.setEncoding("utf8").toArray();
    const pidFile = path.join(repository.dir, ".git", "pid");
    await waitFor("the resolver", () => existsSync(pidFile));
    const pid = readFileSync(pidFile, "utf8").trim();
    await waitFor("its sleep", () => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep"));
    child.kill("SIGTERM");
    t.match(await ended, [1, null]);
    t.match((await said).join(""), /it was interrupted/);
    t.notOk(existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "");
    t.same(readdirSync(temporary), []);
    t.equal(repository.read("src/a.ts"), before);
  },
);

await t.test("it runs only if it is asked for by the user", async (t) => {
  await t.test("not with --no-resolver, and not in a dry run", async (t) => {
    const repository = merging('cat "$2" >"$4"');
    t.equal((await resolve(repository.dir, "--ours", "--dry-run")).status, 1);
    t.equal((await resolve(repository.dir, "--ours", "--no-resolver")).status, 1);
    t.same(resolverEvents(repository), []);
  });
  await t.test("not from a file that the configuration includes", async (t) => {
    const repository = merging(":");
    repository.write("evil.config", '[got]\n\tresolver = "touch pwned"\n');
    repository.git("config", "--unset", "got.resolver");
    repository.git("config", "include.path", "../evil.config");
    t.equal(repository.git("config", "got.resolver"), "touch pwned\n");
    t.match(await resolve(repository.dir, "--ours", "--resolver"), {
      status: 2,
      stderr: /There is no resolver to run/,
    });
    t.notOk(existsSync(path.join(repository.dir, "pwned")));
  });
});
