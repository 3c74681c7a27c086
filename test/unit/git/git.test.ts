import path from "node:path";
import t from "tap";
import { GotError } from "../../../src/base/errors.ts";
import { gitEnvironment } from "../../../src/git/git-environment.ts";
import { isAtLeast, parseGitVersion } from "../../../src/git/git-version.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { runGit } from "../../../src/git/run-git.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

await t.test(
  "variables that point at another repository or configuration are dropped, others stay",
  async (t) => {
    const clean = gitEnvironment({
      PATH: "/bin",
      GIT_DIR: "/x",
      GIT_INDEX_FILE: "i",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "a",
      GIT_CONFIG_VALUE_0: "b",
      GIT_AUTHOR_NAME: "Ada",
      GIT_CONFIG_GLOBAL: "/g",
      EMPTY: undefined,
    });
    t.strictSame(clean, {
      PATH: "/bin",
      GIT_AUTHOR_NAME: "Ada",
      GIT_CONFIG_GLOBAL: "/g",
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
    });
  },
);

await t.test("a version is read from what git, Apple's git and Git for Windows say", async (t) => {
  t.match(parseGitVersion("git version 2.39.5"), { major: 2, minor: 39, text: "2.39.5" });
  t.match(parseGitVersion("git version 2.39.5 (Apple Git-154)"), { major: 2, minor: 39 });
  t.match(parseGitVersion("git version 2.54.0.windows.1"), { major: 2, minor: 54, text: "2.54.0.windows.1" });
  t.equal(parseGitVersion("hub version 3"), null);
  t.ok(isAtLeast({ major: 3, minor: 0 }, { major: 2, minor: 54 }));
  t.notOk(isAtLeast({ major: 2, minor: 9 }, { major: 2, minor: 38 }));
});

await t.test("a failing git names its command, status and first line", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const { dir } = createRepository(sandbox);
  try {
    runGit({ cwd: dir, env: sandbox.env }, ["rev-parse", "--verify", "nothing"]);
    t.fail("should have thrown");
  } catch (error) {
    t.ok(error instanceof GotError && error.code === "GIT_FAILED");
    t.match(error, { message: /git rev-parse --verify nothing failed with status 128: fatal: / });
  }
  t.throws(() => runGit({ cwd: path.join(dir, "missing"), env: sandbox.env }, ["--version"]), {
    code: "GIT_FAILED",
  });
});

await t.test("a repository is found with its hooks path, whoever sets it", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox, "with\nnewline");
  const plain = openRepository(repository.dir, sandbox.env);
  t.equal(plain.topLevel, repository.dir);
  t.match(plain.hooks, {
    configured: null,
    directory: path.join(repository.dir, ".git/hooks"),
    perWorktree: false,
  });
  repository.git("config", "--global", "core.hooksPath", "~/my hooks");
  t.match(openRepository(repository.dir, sandbox.env).hooks, {
    scope: "global",
    directory: path.join(sandbox.root, "my hooks"),
    perWorktree: false,
  });
  repository.git("config", "core.hooksPath", ".githooks");
  t.match(openRepository(repository.dir, sandbox.env).hooks, {
    scope: "local",
    configured: ".githooks",
    directory: path.join(repository.dir, ".githooks"),
    perWorktree: true,
  });
});
