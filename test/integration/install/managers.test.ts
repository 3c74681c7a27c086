import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { lefthookProgram, managerProgram, managersMissing } from "../../support/managers.ts";
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
  readonly repository: Repository;
  readonly pack: string;
}

const start = (test: { teardown: (action: () => void) => void }): Scene => {
  const sandbox = createSandbox();
  test.teardown(sandbox.dispose);
  return { sandbox, repository: createRepository(sandbox), pack: createSmallPackage(sandbox.root) };
};

/** What ran since the last call: our hooks and the user's, in order, each by its name. */
const ran = (scene: Scene, which: "ours" | "theirs"): string[] => {
  const file =
    which === "ours"
      ? path.join(scene.repository.dir, ".git/got/ran")
      : path.join(scene.sandbox.root, "theirs");
  if (!existsSync(file)) return [];
  const names = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  return names;
};

/** A line of shell that says that the user's hook ran. */
const says = (scene: Scene, name: string): string => `echo ${name} >>'${scene.sandbox.root}/theirs'`;

/** Commits a new file, so that no manager skips its hook for lack of changes. */
let counter = 0;
const commitSomething = (repository: Repository): void => {
  counter += 1;
  writeFileSync(path.join(repository.dir, `file-${counter}`), "x\n");
  repository.git("add", `file-${counter}`);
  repository.git("commit", "-q", "-m", `change ${counter}`);
};

const node = (scene: Scene, cwd: string, program: string, ...args: string[]): void => {
  const done = scene.sandbox.run(cwd, process.execPath, [program, ...args]);
  if (done.status !== 0) throw new Error(`${program} failed: ${done.stdout}${done.stderr}`);
};

await t.test("husky", { skip: managersMissing }, async (t) => {
  const husky = (scene: Scene, cwd: string): void => node(scene, cwd, managerProgram("husky"));
  const prepare = (test: typeof t): Scene => {
    const scene = start(test);
    writeFileSync(path.join(scene.repository.dir, "package.json"), '{ "name": "x" }\n');
    mkdirSync(path.join(scene.repository.dir, ".husky"));
    writeFileSync(path.join(scene.repository.dir, ".husky/pre-commit"), `${says(scene, "pre-commit")}\n`);
    writeFileSync(
      path.join(scene.repository.dir, ".husky/pre-push"),
      `cat >>'${scene.sandbox.root}/theirs'\n`,
    );
    husky(scene, scene.repository.dir);
    return scene;
  };

  await t.test("both hooks run after install and after husky runs again", async (t) => {
    const scene = prepare(t);
    const result = runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    t.equal(result.tier, "husky");
    t.equal(scene.repository.git("config", "core.hooksPath"), ".husky/_\n");
    for (const again of [false, true]) {
      if (again) husky(scene, scene.repository.dir);
      commitSomething(scene.repository);
      t.strictSame(ran(scene, "ours"), ["pre-commit", "commit-msg", "post-commit"]);
      t.strictSame(ran(scene, "theirs"), ["pre-commit"]);
    }
    t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).kind, "unchanged");
  });

  await t.test("the user's script gets standard input, and its failure stops git", async (t) => {
    const scene = prepare(t);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    commitSomething(scene.repository);
    const bare = createRepository(scene.sandbox, "remote.git", ["--bare"]);
    ran(scene, "ours");
    ran(scene, "theirs");
    scene.repository.git("push", "-q", bare.dir, "main");
    t.strictSame(ran(scene, "ours"), ["pre-push"]);
    t.match(ran(scene, "theirs").join("\n"), /^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}$/);
    const file = path.join(scene.repository.dir, ".husky/pre-commit");
    writeFileSync(file, `${readFileSync(file, "utf8")}exit 3\n`);
    t.not(scene.repository.try("commit", "-q", "--allow-empty", "-m", "refused").status, 0);
  });

  await t.test(
    "a new worktree has both hooks from its first commit, without husky having run there",
    async (t) => {
      const scene = prepare(t);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      scene.repository.git("add", "-A");
      scene.repository.git("commit", "-q", "-m", "set up");
      const linked = path.join(scene.sandbox.root, "linked tree");
      scene.repository.git("worktree", "add", "-q", "-b", "side", linked);
      ran(scene, "ours");
      ran(scene, "theirs");
      commitSomething(openRepository(scene.sandbox, linked));
      t.strictSame(ran(scene, "ours"), ["pre-commit", "commit-msg", "post-commit"]);
      t.strictSame(ran(scene, "theirs"), ["pre-commit"]);
      t.equal(openRepository(scene.sandbox, linked).git("status", "--porcelain"), "");
    },
  );

  await t.test("uninstall restores every byte", async (t) => {
    const scene = prepare(t);
    const before = treeState(scene.repository.dir);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    runUninstall(scene.sandbox, scene.repository.dir);
    t.strictSame(treeState(scene.repository.dir), before);
  });

  await t.test("installed before husky ever ran, ours run at once and both do when it has", async (t) => {
    const scene = start(t);
    writeFileSync(path.join(scene.repository.dir, "package.json"), '{ "name": "x" }\n');
    scene.repository.write(".husky/pre-commit", `${says(scene, "pre-commit")}\n`);
    const result = runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    t.match(result.notes.join("\n"), /husky has not run here yet/);
    commitSomething(scene.repository);
    t.strictSame(
      [ran(scene, "ours").length, ran(scene, "theirs")],
      [3, []],
      "git does not know of husky yet",
    );
    husky(scene, scene.repository.dir);
    commitSomething(scene.repository);
    t.strictSame([ran(scene, "ours").length, ran(scene, "theirs")], [3, ["pre-commit"]]);
  });

  await t.test("GOT_HOOKS=0 leaves only the user's hooks", async (t) => {
    const scene = prepare(t);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    const done = scene.sandbox.run(
      scene.repository.dir,
      "git",
      ["commit", "-q", "--allow-empty", "-m", "x"],
      {
        env: { GOT_HOOKS: "0" },
      },
    );
    t.equal(done.status, 0);
    t.strictSame([ran(scene, "ours"), ran(scene, "theirs")], [[], ["pre-commit"]]);
  });
});

await t.test(
  "lefthook",
  { skip: managersMissing || (lefthookProgram() === null && "lefthook has no program for this platform") },
  async (t) => {
    const lefthook = (scene: Scene, cwd: string, ...args: string[]): void => {
      const done = scene.sandbox.run(cwd, lefthookProgram() ?? "", args.length === 0 ? ["install"] : args);
      if (done.status !== 0) throw new Error(`lefthook failed: ${done.stdout}${done.stderr}`);
    };
    const prepare = (test: typeof t): Scene => {
      const scene = start(test);
      const config = `pre-commit:\n  jobs:\n    - name: user\n      run: ${says(scene, "pre-commit")}\npre-push:\n  commands:\n    user:\n      use_stdin: true\n      run: cat >>'${scene.sandbox.root}/theirs'\n`;
      writeFileSync(path.join(scene.repository.dir, "lefthook.yml"), config);
      lefthook(scene, scene.repository.dir);
      return scene;
    };

    await t.test("both hooks run after install and after lefthook installs again", async (t) => {
      const scene = prepare(t);
      t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).tier, "lefthook");
      for (const again of ["", "install", "install -f"]) {
        if (again !== "") lefthook(scene, scene.repository.dir, ...again.split(" "));
        commitSomething(scene.repository);
        t.strictSame(
          ran(scene, "ours"),
          ["pre-commit", "commit-msg", "post-commit"],
          `ours, after "${again}"`,
        );
        t.strictSame(ran(scene, "theirs"), ["pre-commit"], `theirs, after "${again}"`);
      }
      t.equal(
        scene.repository.git("status", "--porcelain", "--", "lefthook-local.yml"),
        "",
        "our local file is ignored",
      );
      t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).kind, "unchanged");
    });

    await t.test("a push runs both, each with git's lines on standard input", async (t) => {
      const scene = prepare(t);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      commitSomething(scene.repository);
      const bare = createRepository(scene.sandbox, "remote.git", ["--bare"]);
      ran(scene, "ours");
      ran(scene, "theirs");
      scene.repository.git("push", "-q", bare.dir, "main");
      t.strictSame(ran(scene, "ours"), ["pre-push"]);
      t.match(ran(scene, "theirs").join("\n"), /^refs\/heads\/main /);
    });

    await t.test("hooks come back after lefthook installed from a linked worktree", async (t) => {
      const scene = prepare(t);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      scene.repository.git("add", "-A");
      scene.repository.git("commit", "-q", "-m", "set up");
      const linked = path.join(scene.sandbox.root, "linked");
      scene.repository.git("worktree", "add", "-q", "-b", "side", linked);
      lefthook(scene, linked);
      const other = openRepository(scene.sandbox, linked);
      commitSomething(other);
      ran(scene, "ours");
      ran(scene, "theirs");
      commitSomething(other);
      t.strictSame(ran(scene, "ours"), ["pre-commit", "commit-msg", "post-commit"]);
      t.strictSame(ran(scene, "theirs"), ["pre-commit"]);
    });

    await t.test("uninstall restores every byte", async (t) => {
      const scene = prepare(t);
      const before = treeState(scene.repository.dir);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      runUninstall(scene.sandbox, scene.repository.dir);
      t.strictSame(treeState(scene.repository.dir), before);
    });

    await t.test("uninstall after it installed again leaves its hooks and nothing of ours", async (t) => {
      const scene = prepare(t);
      const hooks = path.join(scene.repository.dir, ".git/hooks");
      const names = (): string[] => Object.keys(treeState(hooks));
      const before = names();
      for (const healed of [false, true]) {
        runInstall(scene.sandbox, scene.repository.dir, scene.pack);
        lefthook(scene, scene.repository.dir);
        if (healed) commitSomething(scene.repository);
        runUninstall(scene.sandbox, scene.repository.dir);
        t.strictSame(names(), before, `put back meanwhile: ${healed}`);
      }
    });

    await t.test(
      "a lefthook-local.yml of the user's is not edited where it names the same hook",
      async (t) => {
        const scene = prepare(t);
        const file = path.join(scene.repository.dir, "lefthook-local.yml");
        writeFileSync(file, "pre-commit:\n  parallel: true\n");
        const result = runInstall(scene.sandbox, scene.repository.dir, scene.pack);
        t.match(result.notes.join("\n"), /lefthook-local\.yml has jobs for pre-commit already/);
        t.equal(readFileSync(file, "utf8"), "pre-commit:\n  parallel: true\n");
      },
    );
  },
);

await t.test("simple-git-hooks", { skip: managersMissing }, async (t) => {
  const run = (scene: Scene, cwd: string): void => node(scene, cwd, managerProgram("simple-git-hooks"));
  const manifest = (scene: Scene): string =>
    `${JSON.stringify({ name: "x", "simple-git-hooks": { "pre-commit": says(scene, "pre-commit"), "pre-push": `cat >>'${scene.sandbox.root}/theirs'` } }, null, 4)}\n`;
  const prepare = (test: typeof t): Scene => {
    const scene = start(test);
    writeFileSync(path.join(scene.repository.dir, "package.json"), manifest(scene));
    run(scene, scene.repository.dir);
    return scene;
  };

  await t.test("both hooks run after install and after simple-git-hooks runs again, twice", async (t) => {
    const scene = prepare(t);
    t.equal(runInstall(scene.sandbox, scene.repository.dir, scene.pack).tier, "simple-git-hooks");
    for (const time of [0, 1, 2]) {
      if (time > 0) run(scene, scene.repository.dir);
      for (const commit of [1, 2]) {
        commitSomething(scene.repository);
        t.strictSame(
          ran(scene, "ours"),
          ["pre-commit", "commit-msg", "post-commit"],
          `ours: run ${time}, commit ${commit}`,
        );
        t.strictSame(ran(scene, "theirs"), ["pre-commit"], `theirs: run ${time}, commit ${commit}`);
      }
    }
  });

  await t.test("a push right after its run gives both git's lines on standard input", async (t) => {
    const scene = prepare(t);
    runInstall(scene.sandbox, scene.repository.dir, scene.pack);
    commitSomething(scene.repository);
    const bare = createRepository(scene.sandbox, "remote.git", ["--bare"]);
    ran(scene, "ours");
    ran(scene, "theirs");
    run(scene, scene.repository.dir);
    scene.repository.git("push", "-q", bare.dir, "main");
    t.strictSame(ran(scene, "ours"), ["pre-push"]);
    t.match(ran(scene, "theirs").join("\n"), /^refs\/heads\/main /);
  });

  await t.test(
    "uninstall after it ran again leaves its hooks as it first wrote them, and nothing of ours",
    async (t) => {
      const scene = prepare(t);
      const hooks = path.join(scene.repository.dir, ".git/hooks");
      const before = treeState(hooks);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      run(scene, scene.repository.dir);
      commitSomething(scene.repository);
      runUninstall(scene.sandbox, scene.repository.dir);
      t.strictSame(treeState(hooks), before);
      t.equal(readFileSync(path.join(scene.repository.dir, "package.json"), "utf8"), manifest(scene));
    },
  );

  await t.test(
    "a configuration that is a program is not edited, and install says what that means",
    async (t) => {
      const scene = start(t);
      const program = `module.exports = { "pre-commit": ${JSON.stringify(says(scene, "pre-commit"))} };\n`;
      writeFileSync(path.join(scene.repository.dir, ".simple-git-hooks.cjs"), program);
      writeFileSync(path.join(scene.repository.dir, "package.json"), "{}\n");
      run(scene, scene.repository.dir);
      const result = runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      t.match(result.notes.join("\n"), /\.simple-git-hooks\.cjs is a program/);
      commitSomething(scene.repository);
      t.strictSame([ran(scene, "ours").length, ran(scene, "theirs")], [3, ["pre-commit"]]);
    },
  );

  await t.test(
    "uninstall restores every byte, and takes only our lines out of a package.json that changed",
    async (t) => {
      const scene = prepare(t);
      const before = treeState(scene.repository.dir);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      runUninstall(scene.sandbox, scene.repository.dir);
      t.strictSame(treeState(scene.repository.dir), before);
      runInstall(scene.sandbox, scene.repository.dir, scene.pack);
      const file = path.join(scene.repository.dir, "package.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"name": "x"', '"name": "y"'));
      runUninstall(scene.sandbox, scene.repository.dir);
      t.equal(readFileSync(file, "utf8"), manifest(scene).replace('"name": "x"', '"name": "y"'));
    },
  );
});
