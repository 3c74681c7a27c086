import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";
import { whyNoStrace } from "../../support/system-call-kills.ts";

const sandbox = createSandbox({ GOT_SESSION: "one" });
t.teardown(sandbox.dispose);
const root = path.resolve(import.meta.dirname, "../../..");

await t.test("with paranoid, git is called with core.fsync=all, and with nothing of it else", async (t) => {
  for (const [durability, said] of [
    ["paranoid", "all fsync\n"],
    ["balanced", " \n"],
  ] as const) {
    const repository = createRepository(sandbox, durability);
    repository.commit({ "file.txt": "1\n" });
    repository.git("checkout", "-q", "-b", "work");
    repository.git("config", "got.autoCommit", "true");
    repository.git("config", "got.durability", durability);
    const seen = path.join(repository.dir, ".git", "seen");
    addHook(
      repository,
      `printf '%s %s\\n' "$(git config core.fsync)" "$(git config core.fsyncMethod)" >'${seen}'`,
    );
    const run = await cli(repository.dir, ["event", "append", "a", "--json"], sandbox.env);
    t.match(JSON.parse(run.stdout), { data: { commit: { kind: "committed" } } }, run.stderr);
    t.equal(readFileSync(seen, "utf8"), said, durability);
  }
});

await t.test(
  "with paranoid a command returns when record, entity, folder and event are synced; lazy needs no entity's sync",
  { skip: whyNoStrace() ?? false },
  (t) => {
    const { dir } = createRepository(sandbox, "synced");
    const syncs = (durability: string, id: string): string => {
      const trace = path.join(dir, ".git", "trace");
      const args = ["-f", "-y", "-o", trace, "-e", "trace=fsync,fdatasync", process.execPath];
      const command = ["--import=tsx", path.join(root, "src/cli/main.ts"), "-C", dir];
      const done = spawnSync("strace", [...args, ...command, "entity", "create", `task:${id}`], {
        cwd: root,
        env: { ...sandbox.env, GOT_DURABILITY: durability },
        encoding: "utf8",
      });
      t.equal(done.status, 0, done.stderr);
      return readFileSync(trace, "utf8");
    };
    const paranoid = syncs("paranoid", "A");
    for (const synced of [
      /\.git\/got\/wal\/00000001\.wal>/,
      /entities\/task\/\.got-\w+\.tmp>/,
      /entities\/task>/,
      /events\/one\.jsonl>/,
    ]) {
      t.match(paranoid, synced);
    }
    const lazy = syncs("lazy", "B");
    t.match(lazy, /00000001\.wal>/, "closing brings the record to the disk");
    t.notMatch(lazy, /entities|events/);
    t.end();
  },
);

await t.test("GOT_DURABILITY goes before git config, and neither takes another word", async (t) => {
  const { dir, git } = createRepository(sandbox, "words");
  git("config", "got.durability", "sometimes");
  t.match(await cli(dir, ["entity", "create", "task:A"], sandbox.env), {
    status: 2,
    stderr: /"sometimes" is no durability(.|\n)*paranoid, balanced, lazy/,
  });
  const run = await cli(dir, ["entity", "create", "task:A"], { ...sandbox.env, GOT_DURABILITY: "lazy" });
  t.match(run, { status: 0 }, run.stderr);
});

await t.test("a repository cannot choose: a configuration that it includes does not count", async (t) => {
  const repository = createRepository(sandbox, "included");
  repository.write("git-settings", "[got]\n\tdurability = sometimes\n");
  repository.git("config", "include.path", "../git-settings");
  t.equal(repository.git("config", "got.durability"), "sometimes\n");
  t.equal((await cli(repository.dir, ["entity", "create", "task:A"], sandbox.env)).status, 0);
});

function addHook(repository: Repository, line: string): void {
  const hooks = path.join(repository.dir, ".git", "hooks");
  mkdirSync(hooks, { recursive: true });
  writeFileSync(path.join(hooks, "pre-commit"), `#!/bin/sh\n${line}\n`);
  chmodSync(path.join(hooks, "pre-commit"), 0o755);
}
