import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import { createRepository, createSandbox, type Repository, type Sandbox } from "../../support/sandbox.ts";
import { createSmallPackage } from "../../support/small-package.ts";
import { treeState } from "../../support/tree-state.ts";

const probe = createSandbox();
const found = probe.run(probe.root, "sh", ["-c", "command -v pre-commit"]).status === 0;
probe.dispose();
const skip = found ? false : "pre-commit (the Python tool) is not installed here";

interface Scene {
  readonly sandbox: Sandbox;
  readonly repository: Repository;
  readonly pack: string;
  readonly preCommit: (...args: string[]) => void;
}

const start = (test: { teardown: (action: () => void) => void }): Scene => {
  const sandbox = createSandbox();
  test.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const config = `repos:\n- repo: local\n  hooks:\n  - id: user\n    name: user\n    language: system\n    pass_filenames: false\n    always_run: true\n    entry: sh -c 'echo theirs >>"${sandbox.root}/theirs"'\n`;
  writeFileSync(path.join(repository.dir, ".pre-commit-config.yaml"), config);
  repository.commit({ file: "x\n" });
  const preCommit = (...args: string[]): void => {
    const done = sandbox.run(repository.dir, "pre-commit", args);
    if (done.status !== 0) throw new Error(`pre-commit failed: ${done.stdout}${done.stderr}`);
  };
  return { sandbox, repository, pack: createSmallPackage(sandbox.root), preCommit };
};

const linesOf = (file: string): string[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  return lines;
};

const commitAndLook = (scene: Scene): { ours: string[]; theirs: string[] } => {
  scene.repository.git("commit", "-q", "--allow-empty", "-m", "x");
  return {
    ours: linesOf(path.join(scene.repository.dir, ".git/got/ran")),
    theirs: linesOf(path.join(scene.sandbox.root, "theirs")),
  };
};

const both = { ours: ["pre-commit", "commit-msg", "post-commit"], theirs: ["theirs"] };

await t.test("both hooks run after install and after pre-commit is installed again", { skip }, async (t) => {
  const scene = start(t);
  scene.preCommit("install");
  t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).tier, "pre-commit");
  t.strictSame(commitAndLook(scene), both);
  scene.preCommit("install");
  t.strictSame(commitAndLook(scene), both);
  t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).kind, "unchanged");
});

await t.test("both hooks run when pre-commit is first installed after us", { skip }, async (t) => {
  const scene = start(t);
  runInstall(scene.sandbox, scene.repository.dir, scene.pack);
  scene.preCommit("install");
  t.strictSame(commitAndLook(scene), both);
  runInstall(scene.sandbox, scene.repository.dir, scene.pack);
  t.strictSame(commitAndLook(scene), both);
});

await t.test(
  "uninstall restores every byte, a hook that pre-commit had set aside included",
  { skip },
  async (t) => {
    const scene = start(t);
    writeFileSync(
      path.join(scene.repository.dir, ".git/hooks/pre-commit"),
      `#!/bin/sh\necho older >>"${scene.sandbox.root}/theirs"\n`,
      { mode: 0o755 },
    );
    scene.preCommit("install");
    const before = treeState(scene.repository.dir);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    runUninstall(scene.sandbox, scene.repository.dir);
    t.strictSame(treeState(scene.repository.dir), before);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    t.strictSame(commitAndLook(scene).theirs, ["older", "theirs"]);
  },
);
