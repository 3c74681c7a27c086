import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import {
  installHooks,
  shells,
  spooledEvents,
  trackedEvents,
  writeUserHook,
} from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository, type Run } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

function prepare(t: Test, options: Parameters<typeof installHooks>[1] = {}): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  repository.commit({ base: "1" });
  repository.git("checkout", "-q", "-b", "topic");
  repository.commit({ topic: "1" });
  repository.git("checkout", "-q", "main");
  repository.commit({ main: "1" });
  installHooks(repository, { track: false, ...options });
  return repository;
}

/** The state of a lock: the newest epoch, its record, and whether it was released. */
function readLock(
  repository: Repository,
  resource = "repo",
): { epoch: number; record: string; released: boolean } {
  const ladder = path.join(repository.dir, ".git", "got", "locks", resource);
  const names = existsSync(ladder) ? readdirSync(ladder) : [];
  const epoch = Math.max(
    0,
    ...names.filter((name) => /^\d+\.h$/.test(name)).map((name) => Number.parseInt(name, 10)),
  );
  const record = epoch === 0 ? "" : readFileSync(path.join(ladder, `${epoch}.h`), "utf8");
  return { epoch, record, released: names.includes(`${epoch}.r`) };
}

/** Starts a merge whose editor waits until the file `go` appears; resolves when it is in the editor. */
async function startMerge(t: Test, repository: Repository): Promise<ChildProcess> {
  const editor = path.join(repository.sandbox.root, "editor");
  writeFileSync(
    editor,
    `#!/bin/sh\n: >../editing\nuntil [ -e ../go ] || [ ! -e "$0" ]; do sleep 0.02; done\n`,
    {
      mode: 0o755,
    },
  );
  const git = spawn("git", ["merge", "--edit", "topic"], {
    cwd: repository.dir,
    env: { ...repository.sandbox.env, GIT_EDITOR: editor },
    stdio: "ignore",
  });
  t.teardown(() => {
    git.kill("SIGKILL");
    // Ends the editor of a killed git, unless the sandbox with its script is already gone.
    mkdirSync(repository.sandbox.root, { recursive: true });
    writeFileSync(path.join(repository.sandbox.root, "go"), "");
  });
  await waitFor("the editor", () => existsSync(path.join(repository.sandbox.root, "editing")));
  return git;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once("exit", () => resolve()) : resolve(),
  );

/** Takes a lock with the hooks' own code, in the name of a shell that then does something. */
function withLock(repository: Repository, shell: string, script: string, timeoutMs = 200): Run {
  const library = `got_common=$PWD/.git got_dir=$PWD/.git got_bin=$got_common/got/bin got_stub= got_name=test; . "$got_bin/lib.sh"; . "$got_bin/lock.sh"; got_read_session`;
  const [program = "sh", ...args] = shell.split(" ");
  return repository.sandbox.run(repository.dir, program, [...args, "-c", `${library}; ${script}`], {
    env: { TIMEOUT: String(timeoutMs) },
  });
}

for (const shell of shells) {
  await t.test(`git merge holds the repository lock in its own name until it ends (${shell})`, async (t) => {
    const repository = prepare(t, { shell });
    const git = await startMerge(t, repository);
    const held = readLock(repository);
    t.equal(held.epoch, 1);
    t.notOk(held.released);
    t.match(
      held.record,
      new RegExp(
        `^got-lock 1\npid ${git.pid}\nstart \\d+\nboot [0-9a-f-]+\npidns \\d+\nhost .+\nsince \\S+Z\nagent .+\nsession .+\nwhat git merge\nend\n$`,
      ),
    );
    const refused = withLock(repository, shell, 'got_lock repo $$ "$TIMEOUT" test; echo "$? $got_holder"');
    t.match(
      refused.stdout,
      new RegExp(`^1 process ${git.pid} on .* \\(git merge\\)\n$`),
      "others wait, for so long",
    );
    writeFileSync(path.join(repository.sandbox.root, "go"), "");
    await ended(git);
    t.equal(git.exitCode, 0);
    t.ok(readLock(repository).released, "post-merge gave it back");
    t.equal(repository.git("status", "--porcelain"), "");
  });

  await t.test(`a git merge that is killed frees the lock by dying (${shell})`, async (t) => {
    const repository = prepare(t, { shell });
    const git = await startMerge(t, repository);
    git.kill("SIGKILL");
    await ended(git);
    t.notOk(readLock(repository).released);
    const taken = withLock(
      repository,
      shell,
      'got_lock repo $$ "$TIMEOUT" test; echo "$? $got_epoch"; got_unlock',
      0,
    );
    t.equal(taken.stdout, "0 2\n");
    t.ok(readLock(repository).released);
  });
}

await t.test("a merge that conflicts or is refused takes no lock, or frees it", async (t) => {
  const repository = prepare(t);
  repository.commit({ topic: "other" });
  t.equal(repository.try("merge", "-q", "topic").status, 1);
  t.equal(readLock(repository).epoch, 0);
  repository.git("merge", "--abort");
  repository.git("reset", "-q", "--hard", "HEAD~1");
  writeUserHook(repository, "commit-msg", "exit 1");
  t.not(repository.try("merge", "-q", "--no-edit", "topic").status, 0);
  t.equal(withLock(repository, "sh", 'got_lock repo $$ "$TIMEOUT" test; echo "$?"', 0).stdout, "0\n");
});

await t.test("a merge does not wait longer than the bound for somebody else's lock", async (t) => {
  const repository = prepare(t);
  const holder = spawn("sleep", ["60"], { stdio: "ignore" });
  t.teardown(() => holder.kill("SIGKILL"));
  withLock(repository, "sh", `got_lock repo ${holder.pid} "$TIMEOUT" "a test"`);
  const run = repository.sandbox.run(repository.dir, "git", ["merge", "--no-edit", "topic"], {
    env: { GOT_HOOK_TIMEOUT_MS: "100" },
  });
  t.equal(run.status, 0);
  t.match(
    run.stderr,
    new RegExp(
      `got-hooks: the repository lock is held by process ${holder.pid} .*\\(a test\\); merging without it`,
    ),
  );
  t.equal(spooledEvents(repository).at(-1)?.event, "git.merge", "and is recorded");
  t.equal(readLock(repository).epoch, 1, "the lock is still the other's");
});

await t.test(
  "events are recorded while the fold lock is held; the fold waits for the next commit",
  async (t) => {
    const repository = prepare(t, { track: true });
    repository.commit({ a: "1" });
    const holder = spawn("sleep", ["60"], { stdio: "ignore" });
    t.teardown(() => holder.kill("SIGKILL"));
    withLock(repository, "sh", `got_lock fold.main ${holder.pid} "$TIMEOUT" "a test"`);
    repository.write("a", "2");
    repository.sandbox.run(repository.dir, "git", ["commit", "-qam", "2"], {
      env: { GOT_HOOK_TIMEOUT_MS: "50" },
    });
    t.equal(trackedEvents(repository).length, 0);
    t.equal(spooledEvents(repository).length, 2);
    holder.kill("SIGKILL");
    await ended(holder);
    repository.commit({ a: "3" });
    t.equal(trackedEvents(repository).length, 2);
    t.equal(repository.git("status", "--porcelain"), "");
  },
);

await t.test("a git command that a hook starts does not wait for the lock its own git holds", async (t) => {
  const repository = prepare(t);
  repository.git("checkout", "-q", "-b", "other", "topic");
  repository.commit({ other: "1" });
  repository.git("checkout", "-q", "main");
  const nested = "unset GIT_DIR GIT_INDEX_FILE; cd ../nested && git merge -q --no-edit other";
  repository.git("worktree", "add", "-q", "../nested", "topic");
  writeFileSync(path.join(repository.sandbox.root, "nested", "n"), "1");
  repository.sandbox.run(path.join(repository.sandbox.root, "nested"), "git", ["add", "n"]);
  repository.sandbox.run(path.join(repository.sandbox.root, "nested"), "git", ["commit", "-qm", "n"]);
  writeUserHook(repository, "commit-msg", `case $PWD in */nested) exit 0 ;; esac\n${nested}`);
  const run = repository.sandbox.run(repository.dir, "git", ["merge", "--no-edit", "topic~0"], {
    env: { GOT_HOOK_TIMEOUT_MS: "60000" },
  });
  t.equal(run.status, 0);
  t.notMatch(run.stderr, "got-hooks");
  t.equal(spooledEvents(repository).filter(({ event }) => event === "git.merge").length, 2);
});

await t.test("a hook does not wait for members of the lock that are its own ancestors", async (t) => {
  const repository = prepare(t);
  const member = (pid: string): string =>
    `got_lock repo ${pid} 0 test; f=$got_ladder; got_unlock; cp "$f/$got_epoch.h" "$f/m.ix.${pid}.x"; rm -f "$f"/t.*`;
  const attempt = 'got_lock repo $$ "$TIMEOUT" test; echo "$? $got_holder"; got_unlock';
  const script = `sh -c '. "$got_bin/lib.sh"; . "$got_bin/lock.sh"; ${attempt}'`;
  const shared = `export got_common got_dir got_bin got_name; ${member("$$")}; ${script}; :`;
  t.equal(withLock(repository, "sh", shared).stdout, "0 \n", "a parent is no obstacle");
  const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
  t.teardown(() => stranger.kill("SIGKILL"));
  const run = withLock(repository, "sh", `${member(String(stranger.pid))}; ${attempt}`, 30);
  t.match(run.stdout, new RegExp(`^1 process ${stranger.pid} `), "a stranger is");
});

await t.test(
  "a torn record and one from another host are not robbed; old ladders are cleared away",
  async (t) => {
    const repository = prepare(t);
    const ladder = path.join(repository.dir, ".git", "got", "locks", "repo");
    const attempt = (): string =>
      withLock(repository, "sh", 'got_lock repo $$ "$TIMEOUT" test; echo "$?"; got_unlock', 30).stdout;
    for (let n = 1; n <= 40; n++) t.equal(attempt(), "0\n");
    t.ok(
      readdirSync(ladder).filter((name) => name.endsWith(".h")).length <= 16 + 8,
      "at most 24 epochs are kept",
    );
    t.ok(readdirSync(ladder).filter((name) => name.startsWith("t.")).length <= 9);
    const { epoch, record } = readLock(repository);
    for (const bad of [
      "",
      record.slice(0, -4),
      record.replace("got-lock 1", "got-lock 2"),
      record.replace(/host .*/, "host elsewhere"),
      record.replace(/pidns .*/, "pidns 1"),
    ]) {
      writeFileSync(path.join(ladder, `${epoch + 1}.h`), bad);
      t.equal(attempt(), "1\n", JSON.stringify(bad.slice(0, 30)));
    }
    writeFileSync(path.join(ladder, `${epoch + 1}.h`), record.replace(/boot .*/, "boot another"));
    t.equal(attempt(), "0\n", "a holder from before the last boot is dead");
  },
);

await t.test("hooks.serialize runs the user's hooks one at a time", async (t) => {
  const repository = prepare(t, { track: true, config: { version: 1, hooks: { serialize: true } } });
  repository.git("add", ".got");
  repository.git("commit", "-qm", "settings");
  const log = path.join(repository.sandbox.root, "log");
  writeUserHook(repository, "pre-commit", `echo in >>"${log}"; sleep 0.05; echo out >>"${log}"`);
  const commits = await Promise.all(
    [0, 1, 2, 3].map(async (n) => {
      repository.git("worktree", "add", "-q", `../w${n}`, "-b", `w${n}`);
      const git = spawn("git", ["commit", "-q", "--allow-empty", "-m", "x"], {
        cwd: path.join(repository.sandbox.root, `w${n}`),
        env: repository.sandbox.env,
        stdio: "ignore",
      });
      await ended(git);
      return git.exitCode;
    }),
  );
  t.strictSame(commits, [0, 0, 0, 0]);
  t.equal(readFileSync(log, "utf8"), "in\nout\n".repeat(4));
});
