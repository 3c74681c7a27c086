import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import {
  hookNames,
  installHooks,
  shells,
  spooledEvents,
  trackedEvents,
  writeUserHook,
} from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

function prepare(t: Test, options: Parameters<typeof installHooks>[1] = {}): Repository {
  // Fixed dates, so that two repositories driven alike have the same commits.
  const sandbox = createSandbox({
    GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
    GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  });
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  sandbox.run(sandbox.root, "git", ["init", "-q", "--bare", "remote.git"]);
  repository.commit({ base: "1" });
  installHooks(repository, options);
  return repository;
}

/** What a user's hook got, one line a hook: name, arguments, standard input, environment (SHLVL is counted by any shell). */
const recorder = [
  'record="$PWD/../record"',
  '{ printf "%s|%s|" "$(basename "$0" .got-chained)" "$*"; case $0 in *pre-push*|*post-rewrite*) tr "\\n" " " ;; esac; echo; } >>"$record"',
  'env | sed -n "s/^\\([A-Za-z][A-Za-z_]*\\)=.*/\\1/p" | grep -v "^SHLVL$" | sort >"$record.env.$(basename "$0" .got-chained)"',
].join("\n");

/** Commands that run each of the hooks. */
function drive(repository: Repository): void {
  repository.git("commit", "-q", "--allow-empty", "-m", "one");
  repository.git("commit", "-q", "--amend", "--allow-empty", "-m", "two");
  repository.git("checkout", "-q", "-b", "side", "HEAD~1");
  repository.commit({ side: "1" });
  repository.git("checkout", "-q", "main");
  repository.git("merge", "-q", "-m", "merged", "side");
  repository.git("push", "-q", "../remote.git", "main", "side");
}

for (const shell of shells) {
  await t.test(`the user's hooks get what they get without us (${shell})`, async (t) => {
    const ours = prepare(t, { shell, track: false });
    const plain = prepare(t, { shell: "/bin/sh", track: false });
    for (const name of hookNames) {
      writeUserHook(ours, name, recorder);
      writeUserHook(plain, name, recorder);
      plain.sandbox.run(plain.dir, "mv", [`.git/hooks/${name}.got-chained`, `.git/hooks/${name}`]);
    }
    drive(ours);
    drive(plain);
    const record = (repository: Repository, suffix = ""): string =>
      readFileSync(path.join(repository.sandbox.root, `record${suffix}`), "utf8");
    t.equal(record(ours), record(plain), "names, arguments and standard input");
    for (const name of hookNames.filter((hook) => hook !== "post-applypatch")) {
      t.equal(
        record(ours, `.env.${name}`),
        record(plain, `.env.${name}`),
        `${name}: the same environment variables`,
      );
    }
    t.ok(spooledEvents(ours).length >= 7, "and ours ran as well");
  });
}

await t.test("the exit code of a user's hook is git's to see", async (t) => {
  const repository = prepare(t, { track: false });
  writeUserHook(repository, "post-checkout", "exit 3");
  t.equal(repository.try("checkout", "-q", "-b", "other").status, 1);
  writeUserHook(repository, "post-checkout", "exit 0");
  t.equal(repository.try("checkout", "-q", "-b", "another").status, 0);
  writeUserHook(repository, "pre-push", "cat >/dev/null; exit 4");
  t.not(repository.try("push", "-q", "../remote.git", "main").status, 0);
  t.notOk(
    spooledEvents(repository).some(({ event }) => event === "git.push"),
    "a push that was refused is no push",
  );
  writeUserHook(repository, "pre-push", "exit 0");
  t.equal(repository.try("push", "-q", "../remote.git", "main").status, 0, "a hook need not read its input");
});

await t.test("GOT_HOOKS=0 leaves only the user's own hooks", async (t) => {
  const repository = prepare(t, { track: false });
  for (const name of hookNames) writeUserHook(repository, name, recorder);
  const off = { env: { GOT_HOOKS: "0" } };
  repository.sandbox.run(repository.dir, "git", ["commit", "-q", "--allow-empty", "-m", "x"], off);
  repository.sandbox.run(repository.dir, "git", ["push", "-q", "../remote.git", "main"], off);
  t.strictSame(spooledEvents(repository), []);
  const record = readFileSync(path.join(repository.sandbox.root, "record"), "utf8");
  t.match(record, /^pre-commit\|\|\ncommit-msg\|.*\|\npost-commit\|\|\npre-push\|.*\|refs\/heads\/main /);
});

await t.test("a stub without got-hooks does nothing but chain", async (t) => {
  const repository = prepare(t, { track: false });
  writeUserHook(repository, "pre-commit", "exit 5");
  repository.sandbox.run(repository.dir, "rm", ["-rf", ".git/got"]);
  t.equal(repository.try("commit", "-q", "--allow-empty", "-m", "x").status, 1);
  repository.sandbox.run(repository.dir, "rm", [".git/hooks/pre-commit.got-chained"]);
  const run = repository.try("commit", "-q", "--allow-empty", "-m", "x");
  t.strictSame([run.status, run.stdout, run.stderr], [0, "", ""]);
  t.notOk(existsSync(path.join(repository.dir, ".git", "got")));
});

await t.test("a hook manager's script may call the dispatcher itself", async (t) => {
  const repository = prepare(t);
  repository.git("config", "core.hooksPath", ".husky");
  for (const name of hookNames) {
    repository.write(
      `.husky/${name}`,
      `#!/bin/sh -e\nsh "$(git rev-parse --git-common-dir)/got/bin/hook" ${name} "$@"\n`,
    );
    repository.sandbox.run(repository.dir, "chmod", ["+x", `.husky/${name}`]);
  }
  repository.write(".git/info/exclude", ".husky\n");
  repository.commit({ a: "1" });
  repository.commit({ a: "2" });
  t.equal(repository.git("status", "--porcelain"), "");
  t.equal(trackedEvents(repository).length, 1);
  t.equal(spooledEvents(repository).length, 1);
  repository.git("push", "-q", "../remote.git", "main");
  t.strictSame(
    spooledEvents(repository).map(({ event }) => event),
    ["git.commit", "git.push"],
  );
});

await t.test("a repository that was moved still records", async (t) => {
  const repository = prepare(t, { track: false });
  repository.git("worktree", "add", "-q", "../linked", "-b", "linked");
  repository.sandbox.run(repository.sandbox.root, "mv", ["repo", "moved here"]);
  const dir = path.join(repository.sandbox.root, "moved here");
  repository.sandbox.run(dir, "git", ["worktree", "repair", "../linked"]);
  repository.sandbox.run(path.join(repository.sandbox.root, "linked"), "git", [
    "commit",
    "-q",
    "--allow-empty",
    "-m",
    "x",
  ]);
  t.equal(
    spooledEvents({ ...repository, git: (...args) => repository.sandbox.run(dir, "git", args).stdout }).at(-1)
      ?.worktree,
    "linked",
  );
});
