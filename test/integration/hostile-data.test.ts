import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import t from "tap";
import { bombable, contents, enemy, event, evil, installIn, showAll, stamp } from "../support/enemy.ts";
import { cli } from "../support/run-cli.ts";

await t.test("names in data lead nowhere, and what it says steers no terminal", async (t) => {
  const { clone, outside } = enemy(t, (repository) => {
    const paths = {
      id: "../../../outside/secret",
      session: "../../../outside/x",
      agent: evil,
      worktree: "../../x",
    };
    repository.write(".got/config.json", '{ "version": 1 }\n');
    repository.write(
      ".got/events/s.jsonl",
      [
        event(1, { ...paths, event: evil, branch: evil, [evil]: evil }),
        event(2, {
          event: "git.commit",
          commit: evil,
          branch: `main\n2026-11-21 00:00:00Z  root  main  forged`,
        }),
        event(3, { event: "git.push", refs: [{ ref: evil, old: evil, new: evil }], remote: evil }),
        event(4, { event: "entity.updated", ref: `task:${evil}`, fields: { [evil]: evil }, version: 2 }),
        event(5, { event: "entity.created", ref: "task:T-1", fields: { title: evil }, version: 1, by: evil }),
        event(6, { agent: `ada\n2026-11-21 00:00:00Z  root  main  forged` }),
        '{"id":"e7","ts":"2026-11-21T00:00:07.000Z","session":"s","agent":"ada","event":"note","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}\n',
      ].join(""),
    );
    const entity = {
      id: "T-1",
      type: "task",
      version: 1,
      created_at: stamp(1),
      updated_at: stamp(1),
      updated_by: evil,
    };
    repository.write(
      ".got/entities/task/T-1.json",
      `${JSON.stringify({ ...entity, title: evil, status: evil, [evil]: [evil, { [evil]: evil }] }, null, 2)}\n`,
    );
    repository.write(
      ".got/entities/task/T-2.json",
      `${JSON.stringify({ ...entity, id: "../../../../outside/secret", type: "../.." })}\n`,
    );
    repository.write(
      `.got/entities/task/${evil.replaceAll("\u0007", "")}.json`,
      `${JSON.stringify(entity)}\n`,
    );
    repository.write(
      ".got/entities/task/T-3.json",
      `{"__proto__":{"polluted":1},"id":"T-3","type":"__proto__","version":1}\n`,
    );
    repository.git("add", "-A");
  });
  const before = contents(outside);
  await installIn(t, clone);
  clone.commit({ a: "a" }, "through the hooks");
  const outputs = await showAll(t, clone);
  for (const { stdout } of outputs) t.notMatch(stdout, /^2026-11-21 00:00:00Z {2}root/m, "no line is forged");
  t.notOk("polluted" in {}, "no prototype is polluted");
  t.same(contents(outside), before);
});

await t.test(
  "bombs, walls of text and towers of brackets cost a bounded time and are reported",
  async (t) => {
    const { clone } = enemy(t, (repository) => {
      repository.write(".got/config.json", '{ "version": 1 }\n');
      const tower = "[".repeat(200_000) + "]".repeat(200_000);
      const deep = `{"id":"deep","ts":"${stamp(1)}","session":"s","agent":"ada","event":"note","tower":${tower}}\n`;
      repository.write(
        ".got/events/s.jsonl",
        `${event(2, { wall: "x".repeat(2_000_000) })}${deep}${event(3, { fine: true })}`,
      );
      repository.write(
        ".got/snapshots/20261121T000000000Z-20261121T000001000Z-0123456789abcdef.json.gz",
        gzipSync(Buffer.alloc(300 * 1024 * 1024)),
      );
      repository.write(
        ".got/entities/task/T-1.json",
        `{"id":"T-1","type":"task","version":1,"tower":${tower}}\n`,
      );
      repository.write(
        ".got/entities/task/T-2.json",
        `{"id":"T-2","type":"task","version":1,"wall":"${"x".repeat(2_000_000)}"}\n`,
      );
      repository.git("add", "-A");
    });
    await installIn(t, clone);
    clone.try("commit", "-q", "--allow-empty", "-m", "through the hooks");
    const outputs = await showAll(t, clone, bombable);
    const log = outputs[bombable.findIndex(([name]) => name === "log")];
    t.match(log?.stdout, "note fine=true");
    t.match(log?.stderr, "is longer than");
    t.match(log?.stderr, "gzip");
  },
);

await t.test("patterns that would make git spin are refused, and all commands answer", async (t) => {
  const stars = `${"*a".repeat(200)}b`;
  const globs = `${"**/a/".repeat(60)}b`;
  const { clone } = enemy(t, (repository) => {
    repository.write(
      ".got/config.json",
      JSON.stringify({
        version: 1,
        paths: [stars, globs, `${"[a-z]*".repeat(100)}!`].map((match) => ({ match, driver: "entity" })),
        locks: { critical: [stars, globs] },
      }),
    );
    repository.write(`${"a/".repeat(40)}${"a".repeat(200)}.json`, "{}\n");
    repository.git("add", "-A");
  });
  await installIn(t, clone);
  t.notMatch(clone.git("check-attr", "merge", "--", "x.json"), "got-entity");
  const attributes = readFileSync(path.join(clone.dir, ".git", "info", "attributes"), {
    encoding: "utf8",
    flag: "a+",
  });
  t.notMatch(attributes, "*a*a*a*a");
  t.match((await cli(clone.dir, ["policy", "check"])).stdout, /paths\[0\]\.match has more than 3 stars/);
  clone.commit({ a2: "a" }, "through the hooks");
  await showAll(t, clone, [
    ["status"],
    ["policy", "check"],
    ["policy", "explain", `${"a/".repeat(40)}${"a".repeat(200)}.json`, "x"],
    ["lock", "list"],
  ]);
});
