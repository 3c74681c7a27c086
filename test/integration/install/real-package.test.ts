import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { stepDiff } from "../../../src/cli/views/step-diff.ts";
import { proveDrivers } from "../../../src/install/prove.ts";
import { managerProgram, managersMissing } from "../../support/managers.ts";
import { createRealPackage } from "../../support/real-package.ts";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import { createRepository, createSandbox, openRepository } from "../../support/sandbox.ts";
import { treeState } from "../../support/tree-state.ts";

const shared = createSandbox();
t.teardown(shared.dispose);
const pack = await createRealPackage(shared.root);

await t.test(
  "the installed drivers prove themselves with a real merge, from a repository with an odd name",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const repository = createRepository(sandbox, 'it\'s 100% "odd"');
    const result = runInstall(sandbox, repository.dir, pack);
    const proof = proveDrivers(result.repository, sandbox.root);
    t.equal(proof.kind, "proved", JSON.stringify(proof));
    rmSync(path.join(repository.dir, ".git/got/bin/got-merge"));
    t.equal(
      proveDrivers(result.repository, sandbox.root).kind,
      "failed",
      "without the shim the same merge conflicts",
    );
  },
);

await t.test(
  "a commit with the installed hooks leaves a clean tree and an event; both survive until they are committed",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const repository = createRepository(sandbox);
    runInstall(sandbox, repository.dir, pack);
    repository.commit({ file: "x\n" });
    t.equal(repository.git("status", "--porcelain"), "");
    const result = runUninstall(sandbox, repository.dir);
    t.match(result.notes.join("\n"), /holds events/);
    t.match(readFileSync(path.join(repository.dir, ".git/got/spool/main.jsonl"), "utf8"), /git\.commit/);
  },
);

await t.test(
  "the uninstaller in got/bin needs no package, from any directory, and restores every byte",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const own = path.join(sandbox.root, "own-copy");
    sandbox.run(sandbox.root, "cp", ["-R", pack, own]);
    const repository = createRepository(sandbox, "with space");
    const before = treeState(repository.dir);
    runInstall(sandbox, repository.dir, own);
    rmSync(own, { recursive: true });
    const program = path.join(repository.dir, ".git/got/bin/uninstall");
    const refused = sandbox.run(sandbox.root, "sh", [program, "--all"]);
    t.equal(refused.status, 2);
    t.match(refused.stderr, /^got-hooks: Unknown argument --all/);
    const dry = sandbox.run(sandbox.root, "sh", [program, "--dry-run"]);
    t.match(dry.stdout, /^config merge\.got-log\.driver$/m);
    const done = sandbox.run(sandbox.root, "sh", [program]);
    t.equal(done.status, 0, done.stderr);
    t.match(done.stdout, /Removed got-hooks from .*with space; everything is as it was/);
    t.strictSame(treeState(repository.dir), before);
    t.notOk(existsSync(program));
  },
);

await t.test("a dry run shows the diff of every file and configuration value", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  repository.write(".gitattributes", "*.png binary\n");
  const text = stepDiff(runInstall(sandbox, repository.dir, pack, { dryRun: true }).steps);
  t.match(
    text,
    /--- .*\.gitattributes\n\+\+\+ .*\.gitattributes\n@@ -1,1 \+1,6 @@\n \*\.png binary\n\+# >>> got-hooks >>>\n/,
  );
  t.match(text, /\+\.got\/entities\/\*\*\/\*\.json -text merge=got-entity\n/);
  t.match(text, /^config merge\.got-table\.name\n\+got-hooks: JSONL records by id$/m);
  t.match(text, /\+\+\+ .*got\/bin\/hook\nnew mode 0755\n@@ absent -> \d+ bytes\n/);
  t.notMatch(text, /^\+[0-9a-f]{64}$/m, "the secret is not printed");
});

await t.test(
  "behind husky the real hooks record a commit in a new worktree, and the user's script runs",
  { skip: managersMissing },
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const repository = createRepository(sandbox);
    repository.write("package.json", "{}\n");
    repository.write(".husky/pre-commit", `echo user >>'${sandbox.root}/theirs'\n`);
    t.equal(sandbox.run(repository.dir, process.execPath, [managerProgram("husky")]).status, 0);
    runInstall(sandbox, repository.dir, pack);
    repository.commit({ file: "x\n" });
    const linked = path.join(sandbox.root, "linked");
    repository.git("worktree", "add", "-q", "-b", "side", linked);
    const other = openRepository(sandbox, linked);
    const oid = other.commit({ file: "y\n" });
    t.equal(other.git("status", "--porcelain"), "");
    t.equal(readFileSync(path.join(sandbox.root, "theirs"), "utf8"), "user\nuser\n");
    const spool = path.join(repository.dir, ".git/got/spool");
    const events = readdirSync(spool)
      .map((name) => readFileSync(path.join(spool, name), "utf8"))
      .join("");
    t.match(events, new RegExp(`"git\\.commit:${oid}"`));
  },
);
