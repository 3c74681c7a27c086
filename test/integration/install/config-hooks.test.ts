import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { configHooksGit, isAtLeast, parseGitVersion } from "../../../src/git/git-version.ts";
import { configHookCommand } from "../../../src/install/door-line.ts";
import { runInstall } from "../../support/run-install.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";
import { createSmallPackage } from "../../support/small-package.ts";

await t.test(
  "a git that claims to run configured hooks and does not gets stubs, and the user is told",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const version = parseGitVersion(sandbox.run(sandbox.root, "git", ["--version"]).stdout);
    if (version === null || isAtLeast(version, configHooksGit)) {
      t.comment("this git runs configured hooks: there is nothing to pretend");
      return;
    }
    const tools = path.join(sandbox.root, "tools");
    mkdirSync(tools);
    const real = sandbox.run(sandbox.root, "sh", ["-c", "command -v git"]).stdout.trim();
    const pretender = `#!/bin/sh\n[ "$1" = --version ] && { echo git version 2.54.0; exit; }\nexec '${real}' "$@"\n`;
    writeFileSync(path.join(tools, "git"), pretender, { mode: 0o755 });
    const env = { ...sandbox.env, PATH: `${tools}:${sandbox.env["PATH"] ?? ""}` };
    const result = runInstall(
      { ...sandbox, env },
      createRepository(sandbox).dir,
      createSmallPackage(sandbox.root),
    );
    t.equal(result.tier, "stubs");
    t.match(result.notes.join("\n"), /2\.54\.0 should run hooks from its configuration, but/);
  },
);

await t.test(
  "the configured command runs our hook with git's arguments, and does nothing when it is gone",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const hook = path.join(sandbox.root, "it's a hook");
    writeFileSync(hook, 'printf "%s|" "$@"\n');
    // As git runs a command with shell characters in it: sh -c '<command> "$@"' <command> <arguments>.
    const run = (): unknown =>
      sandbox.run(sandbox.root, "sh", ["-c", `${configHookCommand("pre-push", hook)} "$@"`, "x", "a b", "c"]);
    t.match(run(), { status: 0, stdout: "pre-push|a b|c|", stderr: "" });
    sandbox.run(sandbox.root, "rm", [hook]);
    t.match(run(), { status: 0, stdout: "", stderr: "" });
  },
);
