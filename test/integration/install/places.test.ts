import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { GotError } from "../../../src/base/errors.ts";
import { installStatus } from "../../../src/install/status.ts";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import {
  createRepository,
  createSandbox,
  openRepository,
  type Repository,
  type Sandbox,
} from "../../support/sandbox.ts";
import { createSmallPackage } from "../../support/small-package.ts";
import { treeState } from "../../support/tree-state.ts";

interface Scene {
  readonly sandbox: Sandbox;
  readonly pack: string;
}

const start = (test: { teardown: (action: () => void) => void }): Scene => {
  const sandbox = createSandbox();
  test.teardown(sandbox.dispose);
  return { sandbox, pack: createSmallPackage(sandbox.root) };
};

const merges = (repository: Repository): string =>
  repository.git("check-attr", "merge", "--", ".got/entities/task/T-1.json").trim().replace(/.*: /, "");

const treeStateFilter = (
  state: Record<string, string>,
  ignore: (file: string) => boolean,
): Record<string, string> => Object.fromEntries(Object.entries(state).filter(([file]) => !ignore(file)));

await t.test(
  "from a folder in a linked worktree: hooks for all, tracked files for that worktree",
  async (t) => {
    const { sandbox, pack } = start(t);
    const main = createRepository(sandbox);
    main.commit({ "a/b/file": "x" });
    const linkedPath = path.join(sandbox.root, "linked tree");
    main.git("worktree", "add", "-q", "-b", "side", linkedPath);
    const linked = openRepository(sandbox, linkedPath);
    const before = treeState(sandbox.root);
    const result = runInstall(sandbox, path.join(linkedPath, "a", "b"), pack);
    t.equal(result.repository.topLevel, linkedPath);
    t.ok(existsSync(path.join(linkedPath, ".gitattributes")));
    t.notOk(existsSync(path.join(main.dir, ".gitattributes")), "another worktree's files are not touched");
    t.equal(merges(main), "got-entity");
    main.git("commit", "-q", "--allow-empty", "-m", "x");
    linked.git("commit", "-q", "--allow-empty", "-m", "x");
    const ran = path.join(main.dir, ".git/got/ran");
    t.equal(readFileSync(ran, "utf8").trim().split("\n").length, 6);
    t.equal(
      runInstall(sandbox, main.dir, pack).kind,
      "installed",
      "the main worktree gets its tracked files",
    );
    t.equal(runInstall(sandbox, linkedPath, pack).kind, "unchanged");
    runUninstall(sandbox, main.dir);
    const gone = (file: string): boolean =>
      /\/(index|logs|objects|refs|HEAD|COMMIT_EDITMSG)|\.git\/worktrees/.test(file);
    const rest = (state: Record<string, string>): string[] =>
      Object.keys(state).filter((file) => !gone(file));
    t.strictSame(rest(treeState(sandbox.root)), rest(before), "uninstall takes both worktrees' files away");
  },
);

await t.test(
  "in a bare repository only what is not tracked is written, and merges use the drivers",
  async (t) => {
    const { sandbox, pack } = start(t);
    const bare = createRepository(sandbox, "bare.git", ["--bare"]);
    const before = treeState(bare.dir);
    const result = runInstall(sandbox, bare.dir, pack);
    t.equal(result.repository.topLevel, null);
    t.equal(merges(bare), "got-entity");
    t.notOk(existsSync(path.join(bare.dir, ".gitattributes")));
    t.notOk(existsSync(path.join(bare.dir, ".got")));
    runUninstall(sandbox, bare.dir);
    t.strictSame(treeState(bare.dir), before);
  },
);

await t.test(
  "in a submodule it is the submodule that is changed, not the repository around it",
  async (t) => {
    const { sandbox, pack } = start(t);
    const inner = createRepository(sandbox, "inner");
    inner.commit({ file: "x" });
    const outer = createRepository(sandbox, "outer");
    outer.git("submodule", "--quiet", "add", inner.dir, "sub");
    outer.git("commit", "-q", "-m", "sub");
    const sub = openRepository(sandbox, path.join(outer.dir, "sub"));
    runInstall(sandbox, sub.dir, pack);
    t.equal(merges(sub), "got-entity");
    t.equal(merges(outer), "unspecified");
    t.ok(existsSync(path.join(outer.dir, ".git/modules/sub/got/bin/hook")));
    sub.git("commit", "-q", "--allow-empty", "-m", "x");
    t.ok(existsSync(path.join(outer.dir, ".git/modules/sub/got/ran")));
    runUninstall(sandbox, sub.dir);
    t.equal(sub.git("status", "--porcelain"), "");
  },
);

await t.test("a repository that was moved keeps its hooks, and uninstalls", async (t) => {
  const { sandbox, pack } = start(t);
  const repository = createRepository(sandbox, "old");
  const before = treeState(repository.dir);
  runInstall(sandbox, repository.dir, pack);
  sandbox.run(sandbox.root, "mv", ["old", "new place"]);
  const moved = openRepository(sandbox, path.join(sandbox.root, "new place"));
  moved.git("commit", "-q", "--allow-empty", "-m", "x");
  t.ok(existsSync(path.join(moved.dir, ".git/got/ran")));
  const result = runUninstall(sandbox, moved.dir);
  t.strictSame(result.notes, []);
  const own = (file: string): boolean => /^\.git\/(index|logs|objects|refs|COMMIT_EDITMSG)/.test(file);
  t.strictSame(Object.keys(treeState(moved.dir, own)), Object.keys(treeStateFilter(before, own)));
});

await t.test("outside a repository, and in a git that is too old, it refuses and says why", async (t) => {
  const { sandbox, pack } = start(t);
  const outside = path.join(sandbox.root, "plain");
  mkdirSync(outside);
  const codeOf = (action: () => unknown): unknown => {
    try {
      action();
    } catch (error) {
      if (error instanceof GotError) return [error.code, error.message];
      throw error;
    }
    return null;
  };
  t.strictSame(
    codeOf(() => runInstall(sandbox, outside, pack)),
    ["NOT_A_REPOSITORY", `${outside} is not in a git repository`],
  );
  t.strictSame(
    codeOf(() => runUninstall(sandbox, outside)),
    ["NOT_A_REPOSITORY", `${outside} is not in a git repository`],
  );
  const repository = createRepository(sandbox);
  const tools = path.join(sandbox.root, "tools");
  mkdirSync(tools);
  sandbox.run(tools, "sh", ["-c", "printf '#!/bin/sh\\necho git version 2.37.9\\n' >git; chmod +x git"]);
  const old: Sandbox = { ...sandbox, env: { ...sandbox.env, PATH: `${tools}:${sandbox.env["PATH"] ?? ""}` } };
  t.match(
    codeOf(() => runInstall(old, repository.dir, pack)),
    ["GIT_TOO_OLD", /2\.37\.9 is too old.*2\.38/],
  );
});

await t.test("GIT_DIR and its like in the environment do not lead it to another repository", async (t) => {
  const { sandbox, pack } = start(t);
  const [one, other] = [createRepository(sandbox, "one"), createRepository(sandbox, "other")];
  const env = {
    ...sandbox.env,
    GIT_DIR: path.join(other.dir, ".git"),
    GIT_WORK_TREE: other.dir,
    GIT_INDEX_FILE: "x",
  };
  const before = treeState(other.dir);
  runInstall({ ...sandbox, env }, one.dir, pack);
  t.ok(existsSync(path.join(one.dir, ".git/got/bin/hook")));
  t.strictSame(treeState(other.dir), before);
});

await t.test("status says what is broken and what would mend it", async (t) => {
  const { sandbox, pack } = start(t);
  const repository = createRepository(sandbox);
  const status = (): ReturnType<typeof installStatus> =>
    installStatus({
      cwd: repository.dir,
      env: sandbox.env,
      packageRoot: pack,
      nodePath: process.execPath,
      temporary: sandbox.root,
      umask: 0o022,
    });
  t.strictSame(status().problems, ["got-hooks is not installed here"]);
  runInstall(sandbox, repository.dir, pack);
  t.strictSame(status().problems, []);
  t.strictSame(status().notes, []);
  sandbox.run(repository.dir, "sh", [
    "-c",
    "chmod -x .git/hooks/pre-commit; echo '#!/bin/sh' >.git/hooks/post-commit; rm .git/hooks/commit-msg .git/got/bin/got-merge",
  ]);
  repository.git("config", "--unset", "merge.got-log.driver");
  repository.write(".git/info/attributes", "");
  repository.write(".gitattributes", "");
  const { problems, notes } = status();
  t.match(problems.join("\n"), /pre-commit does not reach got-hooks: .* is not executable/);
  t.match(problems.join("\n"), /post-commit does not reach got-hooks: .* somebody else's/);
  t.match(problems.join("\n"), /commit-msg does not reach got-hooks: .* is missing/);
  t.match(problems.join("\n"), /got-merge is missing/);
  t.match(problems.join("\n"), /got-log is not registered/);
  t.match(problems.join("\n"), /git merges \.got\/entities\/task\/T-1\.json with "unspecified"/);
  t.match(notes.join("\n"), /install would change/);
  runInstall(sandbox, repository.dir, pack);
  t.strictSame(status().problems, []);
});

await t.test("nothing is written through a symbolic link in the work tree", async (t) => {
  const { sandbox, pack } = start(t);
  const elsewhere = path.join(sandbox.root, "elsewhere");
  mkdirSync(elsewhere);
  for (const [link, target] of [
    [".got", elsewhere],
    [".gitattributes", path.join(elsewhere, "attributes")],
    [".husky", elsewhere],
  ] as const) {
    const repository = createRepository(sandbox, `linked-${link.slice(1)}`);
    if (link === ".husky") repository.git("config", "core.hooksPath", ".husky/_");
    symlinkSync(target, path.join(repository.dir, link));
    const before = treeState(sandbox.root);
    t.throws(
      () => runInstall(sandbox, repository.dir, pack),
      { code: "INSTALL_CONFLICT", message: /symbolic link/ },
      link,
    );
    t.strictSame(treeState(sandbox.root), before);
  }
});

await t.test("a file where a directory has to be is refused before anything is written", async (t) => {
  const { sandbox, pack } = start(t);
  const repository = createRepository(sandbox);
  repository.write(".got", "mine\n");
  const before = treeState(sandbox.root);
  t.throws(() => runInstall(sandbox, repository.dir, pack), {
    code: "INSTALL_CONFLICT",
    message: /\.got is not a directory; .*config\.json cannot be written/,
  });
  t.strictSame(treeState(sandbox.root), before);
});

await t.test(
  "a git directory that may not be written is named, not called a fault of ours",
  { skip: process.getuid?.() === 0 ? "root may write everywhere" : false },
  async (t) => {
    const { sandbox, pack } = start(t);
    const repository = createRepository(sandbox);
    const locks = path.join(repository.dir, ".git", "got", "locks", "install");
    mkdirSync(locks, { recursive: true });
    chmodSync(locks, 0o555);
    t.throws(() => runInstall(sandbox, repository.dir, pack), {
      code: "LOCK_UNAVAILABLE",
      message: `The lock in ${locks} cannot be used (EACCES)`,
    });
  },
);

await t.test("status names each worktree that has no hooks behind husky, and install mends it", async (t) => {
  const { sandbox, pack } = start(t);
  const repository = createRepository(sandbox);
  repository.git("config", "core.hooksPath", ".husky/_");
  const script = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n';
  for (const name of [
    "pre-commit",
    "commit-msg",
    "post-commit",
    "pre-merge-commit",
    "post-checkout",
    "pre-push",
  ]) {
    repository.write(`.husky/_/${name}`, script);
    chmodSync(path.join(repository.dir, ".husky/_", name), 0o755);
  }
  repository.write(".husky/_/h", "");
  repository.write(".husky/_/.gitignore", "*");
  runInstall(sandbox, repository.dir, pack);
  repository.git("add", "-A");
  repository.git("commit", "-q", "-m", "set up");
  const linked = path.join(sandbox.root, "linked");
  repository.git("worktree", "add", "-q", "--no-checkout", "-b", "side", linked);
  openRepository(sandbox, linked).git("reset", "-q", "--hard");
  const status = (): ReturnType<typeof installStatus> =>
    installStatus({
      cwd: repository.dir,
      env: sandbox.env,
      packageRoot: pack,
      nodePath: process.execPath,
      temporary: sandbox.root,
      umask: 0o022,
    });
  t.match(
    status().problems[0],
    /does not reach got-hooks in the worktree .*linked: .*\.husky\/_\/pre-commit is missing/,
  );
  runInstall(sandbox, repository.dir, pack);
  t.strictSame(status().problems, []);
});
