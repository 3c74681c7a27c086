import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { contents, enemy, installIn, reads, showAll } from "../support/enemy.ts";
import { installHooks } from "../support/install-hooks.ts";
import { cli } from "../support/run-cli.ts";

await t.test("cloning, installing and working in an enemy's repository runs nothing of theirs", async (t) => {
  const { clone, outside, isOwned } = enemy(t, (repository) => {
    const touch = `touch '${repository.sandbox.root}/owned'`;
    const command = { command: touch, run: touch, exec: touch, resolver: touch };
    repository.write(
      ".got/config.json",
      JSON.stringify({
        version: 1,
        ...command,
        got: { resolver: touch },
        hooks: { serialize: true, "pre-commit": touch, commands: [touch], $: `$(${touch})` },
        events: { track: true, autoCommit: true, command: touch },
        landing: { checks: [touch], strategy: touch, ...command },
        merge: { task: { title: { rule: "latest", ...command } } },
      }),
    );
    const script = `#!/bin/sh\n${touch}\n`;
    for (const name of ["pre-commit", "post-commit", "post-checkout", "pre-push"]) {
      repository.write(`.husky/${name}`, script);
      repository.write(`.husky/_/${name}`, script);
      repository.write(`.githooks/${name}`, script);
    }
    repository.write(".husky/_/h", script);
    repository.write("lefthook.yml", `pre-commit:\n  commands:\n    x:\n      run: ${touch}\n`);
    repository.write(
      ".pre-commit-config.yaml",
      `repos:\n- repo: local\n  hooks:\n  - {id: x, name: x, language: system, entry: "${touch}"}\n`,
    );
    repository.write(
      "package.json",
      JSON.stringify({
        scripts: { prepare: touch, postinstall: touch },
        "simple-git-hooks": { "pre-commit": touch },
      }),
    );
    repository.write(
      ".gitattributes",
      "* merge=got-entity filter=evil diff=evil\n*.txt merge=got-log\n*.bin merge=got-snapshot\n* merge=evil\n",
    );
    repository.write(".gitconfig", `[core]\n\thooksPath = .githooks\n[merge "evil"]\n\tdriver = ${touch}\n`);
    repository.write("a.txt", "a\n");
    repository.write("b.bin", "b\n");
    repository.git("add", "-A", "-f");
    repository.git(
      "update-index",
      "--chmod=+x",
      ".husky/pre-commit",
      ".husky/_/pre-commit",
      ".githooks/pre-commit",
    );
  });
  await installIn(t, clone);
  t.equal(clone.git("config", "--get", "--default", "none", "core.hooksPath"), "none\n");
  clone.git("switch", "-q", "-c", "topic");
  clone.commit({ "a.txt": "b\n", "b.bin": "c\n" }, "ours");
  clone.git("switch", "-q", "main");
  clone.commit({ "a.txt": "c\n", "b.bin": "d\n" }, "theirs");
  clone.try("merge", "topic");
  clone.try("merge", "--abort");
  clone.git("worktree", "add", "-q", "../linked");
  clone.try("push", "-q", `file://${outside}/nowhere`);
  await showAll(t, clone);
  await cli(clone.dir, ["event", "append", "note"]);
  t.notOk(isOwned(), "nothing of theirs ran");
});

for (const what of [".got", ".got/events", ".got/entities", ".got/snapshots", ".got/config.json"]) {
  await t.test(`${what} as a link that leads out of the repository is not followed`, async (t) => {
    const { clone, outside } = enemy(t, (repository) => {
      const link = path.join(repository.dir, what);
      if (what !== ".got") repository.write(".got/config.json", '{ "version": 1 }\n');
      if (what === ".got/config.json") rmSync(link);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(
        path.join(repository.sandbox.root, "outside", what === ".got/config.json" ? "secret.json" : "folder"),
        link,
      );
      repository.git("add", "-A");
    });
    const before = contents(outside);
    if (what === ".got" || what === ".got/config.json") await installIn(t, clone);
    else installHooks(clone, { track: false });
    clone.write("a", "a");
    clone.try("add", "a");
    clone.try("commit", "-qm", "through the hooks");
    clone.try("commit", "-q", "--allow-empty", "-m", "again");
    const outputs = await showAll(t, clone, reads);
    outputs.push(await cli(clone.dir, ["event", "append", "note"]));
    outputs.push(await cli(clone.dir, ["event", "compact", "--before", "2030-01-01"]));
    outputs.push(await cli(clone.dir, ["entity", "create", "task:T-9", "title=x"]));
    outputs.push(await cli(clone.dir, ["task", "create", "x"]));
    outputs.push(await cli(clone.dir, ["sync"]));
    t.notOk(
      outputs.some(({ stdout, stderr }) => `${stdout}${stderr}`.includes("TOP SECRET")),
      "what is outside is not shown",
    );
    t.same(contents(outside), before, "and not changed");
  });
}

await t.test("single files that are links are not followed", async (t) => {
  const { clone, outside } = enemy(t, (repository) => {
    repository.write(".got/config.json", '{ "version": 1 }\n');
    for (const name of [
      "events/20261121-000000-00000000.jsonl",
      "events/20261121-000000-00000000.1234567890123.jsonl",
      "entities/task/T-1.json",
      "snapshots/a.json.gz",
    ]) {
      const link = path.join(repository.dir, ".got", name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.join(repository.sandbox.root, "outside", "secret.json"), link);
    }
    repository.git("add", "-A");
  });
  const before = contents(outside);
  await installIn(t, clone);
  clone.commit({ a: "a" }, "through the hooks");
  const env = { GOT_SESSION: "20261121-000000-00000000" };
  const outputs = [
    ...(await showAll(t, clone, reads)),
    await cli(clone.dir, ["event", "append", "note"], env),
  ];
  outputs.push(
    await cli(clone.dir, ["entity", "set", "task:T-1", "title=x"]),
    await cli(clone.dir, ["entity", "delete", "task:T-1"]),
  );
  t.notOk(outputs.some(({ stdout, stderr }) => `${stdout}${stderr}`.includes("TOP SECRET")));
  t.same(contents(outside), before);
});
