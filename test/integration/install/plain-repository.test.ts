import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t from "tap";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import { createRepository, createSandbox, type Repository, type Sandbox } from "../../support/sandbox.ts";
import { createSmallPackage, smallPackageHooks } from "../../support/small-package.ts";
import { treeState } from "../../support/tree-state.ts";

/** Paths that git itself rewrites whatever we do. */
const gitOwn = (file: string): boolean =>
  /^\.git\/(index|logs|objects|refs|COMMIT_EDITMSG|ORIG_HEAD)/.test(file);

const start = (test: {
  teardown: (action: () => void) => void;
}): { sandbox: Sandbox; repository: Repository; pack: string } => {
  const sandbox = createSandbox();
  test.teardown(sandbox.dispose);
  return { sandbox, repository: createRepository(sandbox), pack: createSmallPackage(sandbox.root) };
};

await t.test("install puts programs, drivers, attributes and stubs where git finds them", async (t) => {
  const { sandbox, repository, pack } = start(t);
  const result = runInstall(sandbox, repository.dir, pack);
  t.equal(result.kind, "installed");
  t.equal(result.tier, "stubs");
  const got = path.join(repository.dir, ".git", "got");
  t.equal(readFileSync(path.join(got, "bin", "version"), "utf8"), "1.0.0\n");
  t.equal(readFileSync(path.join(got, "bin", "node"), "utf8"), `${process.execPath}\n`);
  t.match(readFileSync(path.join(got, "memo.key"), "utf8"), /^[0-9a-f]{64}\n$/);
  t.equal(statSync(path.join(got, "memo.key")).mode & 0o777, 0o600);
  t.match(repository.git("config", "merge.got-entity.driver"), /got\/bin\/got-merge/);
  const attribute = (file: string): string => repository.git("check-attr", "merge", "--", file).trim();
  t.match(attribute(".got/events/x.jsonl"), /got-log$/);
  t.match(attribute(".got/entities/task/deep/T-1.json"), /got-entity$/);
  t.match(attribute(".got/snapshots/s.json.gz"), /got-snapshot$/);
  repository.write("file", "x");
  repository.commit({ file: "y" });
  const ran = readFileSync(path.join(got, "ran"), "utf8").trim().split("\n");
  t.strictSame(ran, ["pre-commit", "commit-msg", "post-commit"]);
});

await t.test("a second install changes nothing and says so", async (t) => {
  const { sandbox, repository, pack } = start(t);
  runInstall(sandbox, repository.dir, pack);
  const before = treeState(repository.dir);
  const again = runInstall(sandbox, repository.dir, pack);
  t.equal(again.kind, "unchanged");
  t.strictSame(again.steps, []);
  t.strictSame(treeState(repository.dir), before);
});

await t.test("uninstall restores every byte and mode", async (t) => {
  const { sandbox, repository, pack } = start(t);
  repository.commit({ ".gitattributes": "*.bin binary", file: "x\n" });
  mkdirSync(path.join(repository.dir, ".git", "info"), { recursive: true });
  writeFileSync(path.join(repository.dir, ".git", "info", "attributes"), "*.png -diff\r\n");
  const hooks = path.join(repository.dir, ".git", "hooks");
  writeFileSync(path.join(hooks, "pre-commit"), "#!/bin/sh\necho user >>user-ran\n");
  chmodSync(path.join(hooks, "pre-commit"), 0o750);
  writeFileSync(path.join(hooks, "commit-msg"), "#!/bin/sh\nexit 0\n");
  chmodSync(path.join(hooks, "commit-msg"), 0o644);
  writeFileSync(path.join(sandbox.root, "shared-hook"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  symlinkSync("../../../shared-hook", path.join(hooks, "pre-push"));
  const before = treeState(repository.dir, gitOwn);
  runInstall(sandbox, repository.dir, pack);
  t.notSame(treeState(repository.dir, gitOwn), before);
  repository.git("commit", "-q", "--allow-empty", "-m", "more");
  t.ok(existsSync(path.join(repository.dir, "user-ran")), "the user's hook still runs");
  const result = runUninstall(sandbox, repository.dir);
  t.equal(result.kind, "uninstalled");
  t.strictSame(result.notes, []);
  rmSync(path.join(repository.dir, "user-ran"));
  t.strictSame(treeState(repository.dir, gitOwn), before);
  t.equal(runUninstall(sandbox, repository.dir).kind, "not-installed");
});

await t.test("an immediate uninstall leaves the identical tree, configuration file included", async (t) => {
  const { sandbox, repository, pack } = start(t);
  writeFileSync(
    path.join(repository.dir, ".git", "config"),
    "[core]\n\trepositoryformatversion = 0\n[user]\n\tname = Ada ; no newline",
  );
  writeFileSync(path.join(repository.dir, ".git", "hooks", "post-commit"), "#!/bin/sh\n", { mode: 0o711 });
  const before = treeState(repository.dir);
  runInstall(sandbox, repository.dir, pack);
  runUninstall(sandbox, repository.dir);
  t.strictSame(treeState(repository.dir), before);
});

await t.test("what the user changed after install survives uninstall, and is named", async (t) => {
  const { sandbox, repository, pack } = start(t);
  repository.commit({ ".gitattributes": "*.bin binary\n" });
  runInstall(sandbox, repository.dir, pack);
  repository.write(".gitattributes", `# mine\n${repository.read(".gitattributes")}*.txt text\n`);
  repository.git("config", "merge.got-log.driver", "mine %A");
  repository.git("config", "user.nickname", "ada");
  repository.write(".got/config.json", '{ "version": 1, "events": { "track": false } }\n');
  const result = runUninstall(sandbox, repository.dir);
  t.equal(repository.read(".gitattributes"), "# mine\n*.bin binary\n*.txt text\n");
  t.equal(repository.git("config", "merge.got-log.driver"), "mine %A\n");
  t.equal(repository.git("config", "user.nickname"), "ada\n");
  t.equal(repository.try("config", "merge.got-entity.driver").status, 1);
  t.match(repository.read(".got/config.json"), /track/);
  t.equal(result.notes.length, 4);
  t.match(result.notes.join("\n"), /gitattributes.*only our lines/);
  t.match(result.notes.join("\n"), /merge\.got-log\.driver was changed since/);
  t.match(result.notes.join("\n"), /config\.json was changed since/);
  t.match(result.notes.join("\n"), /for you to commit: .*\.gitattributes/);
});

await t.test("an upgrade replaces what changed and uninstall still restores the first state", async (t) => {
  const { sandbox, repository, pack } = start(t);
  const before = treeState(repository.dir);
  runInstall(sandbox, repository.dir, pack);
  const result = runInstall(sandbox, repository.dir, createSmallPackage(sandbox.root, "2.0.0"));
  t.equal(result.kind, "installed");
  t.equal(result.previousVersion, "1.0.0");
  t.equal(readFileSync(path.join(repository.dir, ".git/got/bin/version"), "utf8"), "2.0.0\n");
  t.equal(
    result.steps.every((step) => step.kind === "write" && step.path.includes("got/bin")),
    true,
  );
  runUninstall(sandbox, repository.dir);
  t.strictSame(treeState(repository.dir), before);
});

await t.test("a dry run changes nothing and plans what install does", async (t) => {
  const { sandbox, repository, pack } = start(t);
  const before = treeState(repository.dir);
  const planned = runInstall(sandbox, repository.dir, pack, { dryRun: true });
  t.equal(planned.kind, "planned");
  t.ok(planned.steps.length > smallPackageHooks.length);
  t.strictSame(treeState(repository.dir), before);
  runInstall(sandbox, repository.dir, pack);
  const installed = treeState(repository.dir);
  t.equal(runUninstall(sandbox, repository.dir, { dryRun: true }).kind, "planned");
  t.strictSame(treeState(repository.dir), installed);
});

await t.test("events that no commit has taken stay in the spool unless purged", async (t) => {
  const { sandbox, repository, pack } = start(t);
  runInstall(sandbox, repository.dir, pack);
  const spool = path.join(repository.dir, ".git/got/spool/main.jsonl");
  mkdirSync(path.dirname(spool), { recursive: true });
  writeFileSync(spool, '{"id":"git.commit:1"}\n');
  const result = runUninstall(sandbox, repository.dir);
  t.match(result.notes.join("\n"), /holds events/);
  t.ok(existsSync(spool));
  const late = runUninstall(sandbox, repository.dir, { purge: true });
  t.match(late.notes, [/spool of an earlier installation is removed$/], "also when the rest is gone already");
  t.notOk(existsSync(path.join(repository.dir, ".git/got")));
  runInstall(sandbox, repository.dir, pack);
  mkdirSync(path.dirname(spool), { recursive: true });
  writeFileSync(spool, '{"id":"git.commit:1"}\n');
  runUninstall(sandbox, repository.dir, { purge: true });
  t.notOk(existsSync(path.join(repository.dir, ".git/got")));
});
