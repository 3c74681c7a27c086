import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import {
  installHooks,
  shells,
  spooledEvents,
  trackedEvents,
  writeUserHook,
} from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

/** A repository with one event waiting and one change staged. */
function prepare(t: { teardown: (action: () => void) => void }, shell = "/bin/sh"): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  installHooks(repository, { shell });
  repository.commit({ a: "1" });
  repository.write("a", "2");
  repository.git("add", "a");
  return repository;
}

const staged = "M  a\n";

/** The index, the work tree and the events are as before the commit that failed; the next commit carries the events. */
function assertUntouched(t: Test, repository: Repository): void {
  t.equal(repository.git("status", "--porcelain"), staged);
  t.notOk(existsSync(path.join(repository.dir, ".got", "events")), "no folder is left behind");
  t.equal(spooledEvents(repository).length, 1, "the event waits again");
  repository.git("commit", "-qm", "works");
  t.equal(repository.git("status", "--porcelain"), "");
  t.equal(trackedEvents(repository).length, 1, "the next commit has the event");
  t.notOk(existsSync(path.join(repository.dir, ".git", "got", "fold")), "nothing is left to settle");
}

for (const shell of shells) {
  await t.test(`a commit that git gives up leaves nothing behind (${shell})`, async (t) => {
    await t.test("the user's pre-commit refuses", async (t) => {
      const repository = prepare(t, shell);
      writeUserHook(repository, "pre-commit", "[ ! -e refuse ]");
      writeFileSync(path.join(repository.dir, ".git", "info", "exclude"), "refuse\n");
      repository.write("refuse", "");
      t.equal(repository.try("commit", "-qm", "x").status, 1);
      repository.sandbox.run(repository.dir, "rm", ["refuse"]);
      assertUntouched(t, repository);
    });
    await t.test("the user's commit-msg refuses", async (t) => {
      const repository = prepare(t, shell);
      writeUserHook(repository, "commit-msg", 'grep -q works "$1"');
      t.equal(repository.try("commit", "-qm", "x").status, 1);
      assertUntouched(t, repository);
    });
    await t.test("the user's commit-msg refuses commit -a", async (t) => {
      const repository = prepare(t, shell);
      writeUserHook(repository, "commit-msg", 'grep -q works "$1"');
      repository.git("reset", "-q");
      t.equal(repository.try("commit", "-qam", "x").status, 1);
      repository.git("add", "a");
      assertUntouched(t, repository);
    });
    await t.test("the message is empty", async (t) => {
      const repository = prepare(t, shell);
      t.equal(repository.try("commit", "-qm", "").status, 1);
      assertUntouched(t, repository);
    });
    await t.test("the message is all comments", async (t) => {
      const repository = prepare(t, shell);
      t.equal(repository.try("commit", "-qm", "# one\n\n# two", "--cleanup=strip").status, 1);
      assertUntouched(t, repository);
    });
    await t.test("the editor fails", async (t) => {
      const repository = prepare(t, shell);
      const run = repository.sandbox.run(repository.dir, "git", ["commit", "-q"], {
        env: { GIT_EDITOR: "false" },
      });
      t.equal(run.status, 1);
      assertUntouched(t, repository);
    });
    await t.test("the signature fails: settled in the background", async (t) => {
      const repository = prepare(t, shell);
      const run = repository.try("-c", "gpg.program=false", "commit", "-qSm", "x");
      t.not(run.status, 0);
      await waitFor(
        "the fold to be taken back",
        () => !existsSync(path.join(repository.dir, ".git", "got", "fold")),
      );
      assertUntouched(t, repository);
    });
    await t.test("the reference cannot be moved: settled in the background", async (t) => {
      const repository = prepare(t, shell);
      const hook = path.join(repository.dir, ".git", "hooks", "reference-transaction");
      writeFileSync(hook, "#!/bin/sh\n[ ! -e .git/refuse ]\n", { mode: 0o755 });
      writeFileSync(path.join(repository.dir, ".git", "refuse"), "");
      t.not(repository.try("commit", "-qm", "x").status, 0);
      await waitFor(
        "the fold to be taken back",
        () => !existsSync(path.join(repository.dir, ".git", "got", "fold")),
      );
      repository.sandbox.run(repository.dir, "rm", [".git/refuse"]);
      assertUntouched(t, repository);
    });
    await t.test("git is killed between our hook and the commit", async (t) => {
      const repository = prepare(t, shell);
      writeUserHook(repository, "commit-msg", '! grep -q kill "$1" || kill -9 $(ps -o ppid= -p $PPID)');
      t.equal(repository.try("commit", "-qm", "kill").status, null);
      await waitFor(
        "the fold to be taken back",
        () => !existsSync(path.join(repository.dir, ".git", "got", "fold")),
      );
      assertUntouched(t, repository);
    });
  });
}

await t.test(
  "a message that only looks empty is committed with its events, and the tree is clean",
  async (t) => {
    const repository = prepare(t);
    repository.git("-c", "core.commentChar=;", "commit", "-qm", "# a heading");
    t.equal(repository.git("status", "--porcelain"), "");
    t.equal(trackedEvents(repository).length, 1);
    t.match(repository.git("show", "--stat", "--format="), ".got/events/");
  },
);

await t.test("a fold whose reaper was killed as well is settled by the next commit", async (t) => {
  const repository = prepare(t);
  writeUserHook(
    repository,
    "commit-msg",
    '! grep -q kill "$1" || { kill -9 $(cat .git/reaper) $(ps -o ppid= -p $PPID); }',
  );
  // The reaper is the child of our pre-commit that outlives it; its id is taken from the process table.
  const bin = path.join(repository.dir, ".git", "got", "bin", "fold.sh");
  writeFileSync(
    bin,
    readFileSync(bin, "utf8").replace(
      "</dev/null >/dev/null 2>&1 9>&- &",
      "</dev/null >/dev/null 2>&1 9>&- &\n  echo $! >.git/reaper",
    ),
  );
  t.equal(repository.try("commit", "-qm", "kill").status, null);
  t.ok(existsSync(path.join(repository.dir, ".git", "got", "fold")), "nobody settled it");
  repository.git("commit", "-qm", "next");
  t.equal(repository.git("status", "--porcelain"), "");
  t.equal(trackedEvents(repository).length, 1, "once");
  t.equal(spooledEvents(repository).length, 1, "the event of the new commit");
});

await t.test("a commit during an open editor leaves the index alone until many events wait", async (t) => {
  const repository = prepare(t);
  const editor = path.join(repository.sandbox.root, "editor");
  writeFileSync(editor, '#!/bin/sh\ngit status --porcelain >seen\necho works >"$1"\n', { mode: 0o755 });
  writeFileSync(path.join(repository.dir, ".git", "info", "exclude"), "seen\n");
  repository.sandbox.run(repository.dir, "git", ["commit", "-q"], { env: { GIT_EDITOR: editor } });
  t.equal(repository.read("seen"), staged);
  t.equal(spooledEvents(repository).length, 2);
});

await t.test("our own background work keeps no output open", async (t) => {
  const repository = prepare(t);
  writeUserHook(repository, "commit-msg", "exit 0");
  const ended = await new Promise<boolean>((resolve) => {
    const git = spawn("git", ["commit", "-qm", "x"], {
      cwd: repository.dir,
      env: repository.sandbox.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    git.stdout.resume();
    git.stderr.resume();
    const timer = setTimeout(() => resolve(false), 5000);
    git.on("close", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  t.ok(ended, "whoever reads git's output sees its end");
});

await t.test("what a crash left staged is taken over by the next commit, commit -a as well", async (t) => {
  for (const args of [["-qm"], ["-qam"], ["-q", "-m"]]) {
    const repository = prepare(t);
    writeUserHook(repository, "commit-msg", '! grep -q kill "$1" || kill -9 0');
    // A process group of its own: the hook kills all of it.
    const git = spawn("git", ["commit", "-qm", "kill"], {
      cwd: repository.dir,
      env: repository.sandbox.env,
      stdio: "ignore",
      detached: true,
    });
    const signal = await new Promise((resolve) => git.once("exit", (_status, by) => resolve(by)));
    t.equal(signal, "SIGKILL");
    repository.sandbox.run(repository.dir, "rm", ["-f", ".git/index.lock"]);
    t.ok(
      existsSync(path.join(repository.dir, ".git", "got", "fold")),
      "git and our background process are dead",
    );
    repository.write("a", "3");
    repository.git("add", "a");
    repository.git("commit", ...args, "next");
    t.equal(repository.git("status", "--porcelain"), "");
    t.equal(trackedEvents(repository).length, 1, "once");
    t.equal(spooledEvents(repository).length, 1, "the event of the new commit");
    t.notOk(existsSync(path.join(repository.dir, ".git", "got", "fold")));
  }
});
