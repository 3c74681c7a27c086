import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { installHooks, shells, spooledEvents } from "../../support/install-hooks.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";

const source = path.resolve(import.meta.dirname, "..", "..", "..", "hooks", "everywhere");
/** Hooks of git that may be there without changing what git does. */
const names = [
  "applypatch-msg",
  "pre-applypatch",
  "post-applypatch",
  "pre-merge-commit",
  "pre-rebase",
  "pre-commit",
  "prepare-commit-msg",
  "commit-msg",
  "post-commit",
  "post-rewrite",
  "post-checkout",
  "post-merge",
  "pre-push",
  "pre-receive",
  "update",
  "post-receive",
  "post-update",
  "reference-transaction",
  "post-index-change",
];

for (const shell of shells) {
  await t.test(`where got-hooks is not, git's hooks run as without us (${shell})`, (t) => {
    const [plain, covered] = [repositoryIn(t, null), repositoryIn(t, shell)];
    for (const repository of [plain, covered]) {
      for (const name of names)
        writeHook(
          repository,
          name,
          `echo "$0|$*|$PWD" | sed "s,${repository.sandbox.root},,g" >>'${repository.sandbox.root}/record'; [ -t 0 ] || case "$0" in *pre-push|*-receive|*post-rewrite) cat >>'${repository.sandbox.root}/record' ;; esac`,
        );
      drive(repository);
    }
    const record = (repository: Repository): string =>
      readFileSync(path.join(repository.sandbox.root, "record"), "utf8").replaceAll(
        repository.sandbox.root,
        "",
      );
    t.ok(record(plain).split("\n").length > 30);
    // bash makes a path absolute before it executes it.
    const comparable = (text: string): string =>
      shell.includes("bash")
        ? text.replaceAll(/^\S*\/hooks\//gm, "hooks/").replaceAll(/^hooks\//gm, "")
        : text;
    t.equal(comparable(record(covered)), comparable(record(plain)));
    for (const repository of [plain, covered]) {
      writeHook(repository, "commit-msg", "exit 3");
      t.equal(repository.try("commit", "-q", "--allow-empty", "-m", "refused").status, 1);
      chmodSync(path.join(repository.dir, ".git", "hooks", "commit-msg"), 0o644);
    }
    const warned = [plain, covered].map((repository) =>
      repository.try("commit", "-q", "--allow-empty", "-m", "warned"),
    );
    t.match(warned[0]?.stderr, "hook was ignored");
    t.same(warned[1], warned[0], "a hook that is not executable is ignored in git's words");
    t.notOk(existsSync(path.join(covered.dir, ".git", "got")));
    t.end();
  });

  await t.test(`where it is, it records once, and the repository's own hook runs (${shell})`, (t) => {
    const repository = repositoryIn(t, shell);
    installHooks(repository, { track: false, shell });
    for (const name of readdirSync(path.join(repository.dir, ".git", "hooks")))
      rmSync(path.join(repository.dir, ".git", "hooks", name));
    chmodSync(path.join(repository.dir, ".git", "got", "bin", "door.got-chained"), 0o755);
    writeHook(repository, "post-commit", `echo "$0" >>'${repository.sandbox.root}/record'`);
    repository.git("commit", "-q", "--allow-empty", "-m", "one");
    t.same(
      spooledEvents(repository).map(({ event }) => event),
      ["git.commit"],
    );
    t.equal(readFileSync(path.join(repository.sandbox.root, "record"), "utf8"), ".git/hooks/post-commit\n");
    const run = repository.sandbox.run(
      repository.dir,
      "git",
      ["commit", "-q", "--allow-empty", "-m", "off"],
      { env: { GOT_HOOKS: "0" } },
    );
    t.equal(run.status, 0);
    t.equal(spooledEvents(repository).length, 1);
    t.equal(readFileSync(path.join(repository.sandbox.root, "record"), "utf8").split("\n").length, 3);
    t.end();
  });
}

await t.test("installing in a covered repository leaves the directory alone, and records once", async (t) => {
  const repository = repositoryIn(t, "/bin/sh");
  const directory = path.join(repository.sandbox.root, "everywhere");
  const before = readdirSync(directory).map((name) => readFileSync(path.join(directory, name), "utf8"));
  const run = await cli(repository.dir, ["install"], {
    GIT_CONFIG_GLOBAL: path.join(repository.sandbox.root, ".gitconfig"),
  });
  t.equal(run.status, 0, run.stderr);
  t.same(
    readdirSync(directory)
      .filter((name) => !name.startsWith("."))
      .map((name) => readFileSync(path.join(directory, name), "utf8")),
    before,
  );
  const count = spooledEvents(repository).length;
  repository.git("commit", "-q", "--allow-empty", "-m", "one");
  t.same(
    spooledEvents(repository)
      .slice(count)
      .map(({ event }) => event),
    ["git.commit"],
  );
});

/** Commands that run each of the hooks, in a linked worktree and on the receiving side too. */
function drive(repository: Repository): void {
  const date = { GIT_AUTHOR_DATE: "1800000000 +0000", GIT_COMMITTER_DATE: "1800000000 +0000" };
  const linked = path.join(repository.sandbox.root, "linked");
  const git = (cwd: string, ...words: string[]): void => {
    const run = repository.sandbox.run(cwd, "git", words, { env: date });
    if (run.status !== 0) throw new Error(`git ${words.join(" ")}: ${run.stderr}`);
  };
  git(repository.dir, "commit", "-q", "--allow-empty", "-m", "one");
  git(repository.dir, "commit", "-q", "--amend", "--allow-empty", "-m", "two");
  git(repository.dir, "worktree", "add", "-q", "-b", "topic", linked);
  git(linked, "commit", "-q", "--allow-empty", "-m", "three");
  git(repository.dir, "merge", "-q", "topic");
  git(linked, "push", "-q", "../remote.git", "topic", "main");
  const remote = openRepository(repository.sandbox, path.join(repository.sandbox.root, "remote.git"));
  git(remote.dir, "update-ref", "refs/heads/other", "refs/heads/main");
}

/** @param shell what runs the scripts that core.hooksPath names for all repositories; null for git as it is. */
function repositoryIn(t: Test, shell: string | null): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  if (shell !== null) {
    const directory = path.join(sandbox.root, "everywhere");
    mkdirSync(directory);
    for (const name of names) {
      const file = path.join(directory, name);
      copyFileSync(source, file);
      writeFileSync(file, readFileSync(file, "utf8").replace("#!/bin/sh", `#!${shell}`));
      chmodSync(file, 0o755);
    }
    appendFileSync(path.join(sandbox.root, ".gitconfig"), `[core]\n\thooksPath = ${directory}\n`);
  }
  const repository = createRepository(sandbox);
  const remote = createRepository(sandbox, "remote.git", ["--bare"]);
  mkdirSync(path.join(remote.dir, "hooks"), { recursive: true });
  for (const name of ["pre-receive", "update", "post-receive", "post-update", "reference-transaction"]) {
    writeFileSync(
      path.join(remote.dir, "hooks", name),
      `#!/bin/sh\necho "$0|$*" >>'${sandbox.root}/record'\n`,
    );
    chmodSync(path.join(remote.dir, "hooks", name), 0o755);
  }
  return repository;
}

function writeHook(repository: Repository, name: string, body: string): void {
  const file = path.join(repository.dir, ".git", "hooks", name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}
