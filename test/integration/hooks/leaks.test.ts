import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { doorLine } from "../../../src/install/door-line.ts";
import {
  commonDirectory,
  type HookName,
  installHooks,
  shells,
  spooledEvents,
  writeUserHook,
} from "../../support/install-hooks.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";

const husky = path.resolve(import.meta.dirname, "..", "..", "..", "node_modules", "husky", "bin.js");

/** A test-suite's fixture: a repository of its own in a temporary directory, with an identity of its own. */
const accident = (directory: string): string =>
  `mkdir -p '${directory}' && cd '${directory}' && git init -q && git config user.name Fixture && git config user.email f@example.com`;

/** How a user's hook gets to run: as git runs it, chained by our stub, or entered through husky. */
const ways: Readonly<
  Record<string, (repository: Repository, name: HookName, body: string, shell: string) => void>
> = {
  stub: (repository, name, body, shell) => {
    installHooks(repository, { shell });
    writeUserHook(repository, name, body);
  },
  husky: (repository, name, body, shell) => {
    installHooks(repository, { shell });
    chmodSync(path.join(commonDirectory(repository), "got", "bin", "door.got-chained"), 0o755);
    const run = repository.sandbox.run(repository.dir, process.execPath, [husky]);
    if (run.status !== 0) throw new Error(run.stderr);
    repository.write(`.husky/${name}`, `${doorLine("sh", name)}\n${body}\n`);
    repository.commit({ ".husky/.gitignore": "_\n" }, "husky");
  },
};

await t.test("without us a hook in a linked worktree that makes a repository breaks the shared one", (t) => {
  const { repository, linked } = twoWorktrees(t);
  const fixture = path.join(repository.sandbox.root, "fixture");
  const file = path.join(commonDirectory(repository), "hooks", "pre-push");
  writeFileSync(file, `#!/bin/sh\n${accident(fixture)}\n`);
  chmodSync(file, 0o755);
  linked.git("push", "-q", "../remote.git", "topic");
  t.equal(repository.git("config", "core.bare"), "true\n");
  t.equal(repository.git("config", "user.name"), "Fixture\n");
  t.match(repository.try("status").stderr, "must be run in a work tree");
  t.notOk(existsSync(path.join(fixture, ".git")));
  t.end();
});

for (const [way, prepare] of Object.entries(ways)) {
  for (const shell of shells) {
    await t.test(`entered by ${way}, it makes its own and breaks nothing (${shell})`, (t) => {
      const { repository, linked } = twoWorktrees(t);
      const fixture = path.join(repository.sandbox.root, "fixture");
      prepare(repository, "pre-push", accident(fixture), shell);
      if (way === "husky") {
        linked.git("merge", "-q", "main");
        repository.sandbox.run(linked.dir, process.execPath, [husky]);
      }
      const config = readFileSync(path.join(commonDirectory(repository), "config"), "utf8");
      linked.git("push", "-q", "../remote.git", "topic");
      t.equal(readFileSync(path.join(commonDirectory(repository), "config"), "utf8"), config);
      t.ok(existsSync(path.join(fixture, ".git", "HEAD")));
      t.match(readFileSync(path.join(fixture, ".git", "config"), "utf8"), "Fixture");
      t.equal(linked.git("status", "--porcelain"), "");
      t.ok(
        spooledEvents(repository).some(
          ({ event, worktree }) => event === "git.push" && worktree === "linked",
        ),
      );
      t.end();
    });
  }
}

/** Notes where git is for a user's hook, from where it stands and from a folder below. */
const tell = (record: string): string =>
  `{ echo "\${GIT_DIR-none}|\${GIT_INDEX_FILE-none}|$(git rev-parse --absolute-git-dir)|$(git rev-parse --show-toplevel)" ;
    mkdir -p below && cd below && git rev-parse --show-toplevel ; } >>'${record}' 2>&1`;

for (const shell of shells) {
  await t.test(
    `the hooks of a linked worktree find the same repository, and keep the index that git uses (${shell})`,
    (t) => {
      const { repository, linked } = twoWorktrees(t);
      const record = path.join(repository.sandbox.root, "record");
      installHooks(repository, { shell, track: false });
      const names = [
        "pre-commit",
        "commit-msg",
        "post-commit",
        "post-checkout",
        "post-rewrite",
        "pre-push",
      ] as const;
      for (const name of names) writeUserHook(repository, name, tell(record));
      linked.write("a", "a");
      linked.git("add", "a");
      linked.git("commit", "-qm", "a");
      const gitDir = path.join(commonDirectory(repository), "worktrees", "linked");
      const index = path.join(gitDir, "index");
      const line = (usedIndex: string): string[] => [`none|${usedIndex}|${gitDir}|${linked.dir}`, linked.dir];
      t.same(lines(record), [...line(index), ...line(index), ...line(index)]);
      linked.write("b", "b");
      linked.write("c", "c");
      linked.git("add", "b", "c");
      // A partial commit has an index of its own.
      linked.git("commit", "-qm", "b", "b");
      const partial = lines(record)[6]?.split("|")[1];
      t.match(partial, /next-index-\d+\.lock$/);
      t.equal(path.dirname(partial ?? ""), gitDir);
      t.equal(linked.git("status", "--porcelain"), "A  c\n");
      linked.git("switch", "-q", "-c", "other");
      linked.git("commit", "-q", "--amend", "-m", "better");
      linked.git("push", "-q", "../remote.git", "other");
      t.notOk(
        lines(record).some((one) => one.includes("fatal") || (one.includes("|") && !one.startsWith("none|"))),
      );
      t.equal(lines(record).length % 2, 0);
      t.end();
    },
  );

  await t.test(`what somebody has said about where things are stays (${shell})`, (t) => {
    const { repository, linked } = twoWorktrees(t);
    const { sandbox } = repository;
    const record = path.join(sandbox.root, "record");
    installHooks(repository, { shell, track: false });
    writeUserHook(
      repository,
      "post-commit",
      `echo "\${GIT_DIR-none}|\${GIT_WORK_TREE-none}|$PWD" >>'${record}'`,
    );
    const gitDir = path.join(repository.dir, ".git");
    const commit = ["commit", "-q", "--allow-empty", "-m", "x"];
    const run = (cwd: string, ...words: string[]): string | undefined => {
      const done = sandbox.run(cwd, "git", words);
      t.equal(done.status, 0, done.stderr);
      return lines(record).at(-1);
    };
    t.equal(run(sandbox.root, "-C", linked.dir, ...commit), `none|none|${linked.dir}`);
    t.equal(
      run(sandbox.root, `--git-dir=${gitDir}`, `--work-tree=${repository.dir}`, ...commit),
      `${gitDir}|.|${repository.dir}`,
    );
    // Here git would find nothing, or another repository, without it.
    const elsewhere = path.join(sandbox.root, "elsewhere");
    mkdirSync(elsewhere);
    t.equal(run(elsewhere, `--git-dir=${gitDir}`, ...commit), `${gitDir}|none|${elsewhere}`);
    const other = createRepository(sandbox, "other");
    t.equal(run(other.dir, `--git-dir=${gitDir}`, ...commit), `${gitDir}|none|${other.dir}`);
    t.equal(
      run(repository.dir, `--git-dir=${gitDir}`, ...commit),
      `none|none|${repository.dir}`,
      "the same is found here",
    );
    t.equal(run(repository.dir, ...commit), `none|none|${repository.dir}`);
    t.end();
  });

  await t.test(`in a submodule too (${shell})`, (t) => {
    const { repository } = twoWorktrees(t);
    const { sandbox } = repository;
    createRepository(sandbox, "library").commit({ a: "a" }, "first");
    repository.git("submodule", "--quiet", "add", "../library", "library");
    const submodule = openRepository(sandbox, path.join(repository.dir, "library"));
    const fixture = path.join(sandbox.root, "fixture");
    installHooks(submodule, { shell, track: false });
    writeUserHook(submodule, "post-commit", accident(fixture));
    const before = submodule.git("config", "--list", "--local");
    submodule.commit({ b: "b" }, "second");
    t.equal(submodule.git("config", "--list", "--local"), before);
    t.ok(existsSync(path.join(fixture, ".git", "HEAD")));
    t.ok(readdirSync(fixture).includes(".git"));
    t.end();
  });
}

function twoWorktrees(t: Test): { readonly repository: Repository; readonly linked: Repository } {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  createRepository(sandbox, "remote.git", ["--bare"]);
  repository.commit({ base: "1" }, "first");
  const dir = path.join(sandbox.root, "linked");
  repository.git("worktree", "add", "-q", "-b", "topic", dir);
  return { repository, linked: openRepository(sandbox, dir) };
}

function lines(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}
