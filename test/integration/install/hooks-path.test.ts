import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import { createRepository, createSandbox, type Repository, type Sandbox } from "../../support/sandbox.ts";
import { createSmallPackage } from "../../support/small-package.ts";
import { treeState } from "../../support/tree-state.ts";

interface Scene {
  readonly sandbox: Sandbox;
  readonly repository: Repository;
  readonly pack: string;
}

const start = (test: { teardown: (action: () => void) => void }): Scene => {
  const sandbox = createSandbox();
  test.teardown(sandbox.dispose);
  return { sandbox, repository: createRepository(sandbox), pack: createSmallPackage(sandbox.root) };
};

const writeHooks = (scene: Scene, directory: string): void => {
  mkdirSync(directory, { recursive: true });
  const log = path.join(scene.sandbox.root, "theirs");
  writeFileSync(path.join(directory, "pre-commit"), `#!/usr/bin/env bash\necho "shell $*" >>'${log}'\n`, {
    mode: 0o755,
  });
  const program = `#!/usr/bin/awk -f\nBEGIN { print "program" >>${JSON.stringify(log)} }\n`;
  writeFileSync(path.join(directory, "post-commit"), program, { mode: 0o700 });
};

const linesOf = (file: string): string[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  return lines;
};

const commitAndLook = (scene: Scene, repository: Repository): { ours: string[]; theirs: string[] } => {
  repository.git("commit", "-q", "--allow-empty", "-m", "x");
  return {
    ours: linesOf(path.join(repository.dir, ".git/got/ran")),
    theirs: linesOf(path.join(scene.sandbox.root, "theirs")),
  };
};

const both = { ours: ["pre-commit", "commit-msg", "post-commit"], theirs: ["shell", "program"] };
const trimmed = (look: { ours: string[]; theirs: string[] }): typeof look => ({
  ...look,
  theirs: look.theirs.map((line) => line.trim()),
});

await t.test(
  "a tracked hooks directory keeps core.hooksPath, its hooks and ours; install says what git status will show",
  async (t) => {
    const scene = start(t);
    writeHooks(scene, path.join(scene.repository.dir, ".githooks"));
    scene.repository.git("add", "-A");
    scene.repository.git("commit", "-q", "-m", "hooks");
    scene.repository.git("config", "core.hooksPath", ".githooks");
    const before = treeState(scene.repository.dir);
    const result = runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    t.equal(result.tier, "hooks-path");
    t.match(result.notes.join("\n"), /git status shows our lines/);
    t.equal(scene.repository.git("config", "core.hooksPath"), ".githooks\n");
    t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).kind, "unchanged");
    runUninstall(scene.sandbox, scene.repository.dir);
    t.strictSame(treeState(scene.repository.dir), before);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    t.strictSame(trimmed(commitAndLook(scene, scene.repository)), both);
  },
);

await t.test(
  "a global hooks directory serves repositories with and without got-hooks, and is restored by the last uninstall",
  async (t) => {
    const scene = start(t);
    const shared = path.join(scene.sandbox.root, "my hooks");
    writeHooks(scene, shared);
    scene.repository.git("config", "--global", "core.hooksPath", shared);
    const other = createRepository(scene.sandbox, "other");
    const second = createRepository(scene.sandbox, "second");
    const before = treeState(shared);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    runInstall(scene.sandbox, second.dir, scene.pack);
    t.strictSame(trimmed(commitAndLook(scene, scene.repository)), both);
    t.strictSame(trimmed(commitAndLook(scene, second)), both);
    t.strictSame(trimmed(commitAndLook(scene, other)), { ours: [], theirs: both.theirs });
    const first = runUninstall(scene.sandbox, scene.repository.dir);
    t.match(first.notes.join("\n"), /other repositories/);
    t.strictSame(trimmed(commitAndLook(scene, second)), both);
    t.strictSame(trimmed(commitAndLook(scene, scene.repository)), { ours: [], theirs: both.theirs });
    runUninstall(scene.sandbox, second.dir);
    t.strictSame(treeState(shared), before);
  },
);

await t.test(
  "where core.hooksPath leaves no room for hooks, the drivers are installed and install says what is missing",
  async (t) => {
    const scene = start(t);
    scene.repository.git("config", "core.hooksPath", "/dev/null");
    const result = runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    t.match(
      result.notes.join("\n"),
      /core\.hooksPath \(local configuration\) is \/dev\/null, which is not a directory/,
    );
    t.match(scene.repository.git("config", "merge.got-log.driver"), /got-merge/);
    t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).kind, "unchanged");
    t.equal(runUninstall(scene.sandbox, scene.repository.dir).kind, "uninstalled");
  },
);
