import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);

async function json(dir: string, ...argv: string[]): Promise<unknown> {
  const run = await cli(dir, [...argv, "--json"]);
  return { status: run.status, ...(JSON.parse(run.stdout) as object) };
}

await t.test("an entity is created, shown, changed, listed and deleted", async (t) => {
  const { dir, git } = createRepository(sandbox, "life");
  t.match(
    await cli(dir, [
      "entity",
      "create",
      "task:T-1",
      "title=Write docs",
      "points=3",
      'tags=["a","b"]',
      "status=open",
    ]),
    {
      status: 0,
      stdout: "task:T-1 created version 1\n",
      stderr: "",
    },
  );
  t.match(await cli(dir, ["entity", "create", "task:T-1"]), {
    status: 1,
    stderr: /There is an entity task:T-1 already/,
  });
  t.match(await json(dir, "entity", "get", "task:T-1"), {
    status: 0,
    data: { entity: { title: "Write docs", points: 3, tags: ["a", "b"], version: 1, updated_by: "Ada" } },
  });
  t.match(await cli(dir, ["entity", "set", "task:T-1", "status=closed", "--unset", "points"]), { status: 0 });
  t.match(await cli(dir, ["entity", "set", "task:T-1", "status=open", "--if-version", "1"]), {
    status: 1,
    stderr: /has version 2, not 1/,
  });
  t.notMatch((await cli(dir, ["entity", "get", "task:T-1"])).stdout, "points");
  await cli(dir, ["entity", "create", "task:T-2", "status=open", "priority=2"]);
  await cli(dir, ["entity", "create", "task:T-3", "status=open", "priority=1"]);
  const listed = await cli(dir, ["entity", "list", "task", "--where", "status=open", "--sort", "priority"]);
  t.same(
    listed.stdout.split("\n").map((line) => line.slice(0, 8)),
    ["task:T-3", "task:T-2", ""],
  );
  t.match(await json(dir, "entity", "list", "--where", "tags=a"), {
    data: { matched: 1, entities: [{ id: "T-1" }] },
  });
  t.match(await cli(dir, ["entity", "history", "task:T-1"]), {
    stdout: /v1 {2}created {2}Ada .*\n.*v2 {2}updated {2}Ada .*"status":"closed"/,
  });
  t.equal(
    (await cli(dir, ["entity", "diff", "task:T-1"])).stdout,
    '- points: 3\n+ points: null\n- status: "open"\n+ status: "closed"\n',
  );
  t.match(await cli(dir, ["entity", "delete", "task:T-1"]), { status: 0, stdout: "task:T-1 deleted\n" });
  t.match(await cli(dir, ["entity", "delete", "task:T-1"]), {
    status: 1,
    stdout: "There is no entity task:T-1.\n",
  });
  t.match(git("status", "--porcelain", "-uall"), /\.got\/entities\/task\/T-2\.json/);
});

await t.test("what can be no name of an entity is refused, with a reason", async (t) => {
  const { dir } = createRepository(sandbox, "names");
  for (const ref of [
    "task",
    "task:..",
    "task:a/b",
    "../x:y",
    "task:CON",
    "task:.x",
    `task:${"x".repeat(300)}`,
    "task:-x",
  ]) {
    const run = await cli(dir, ["entity", "create", ref]);
    t.match(run, { status: 1, stderr: /names no entity: / }, ref.slice(0, 20));
  }
  await cli(dir, ["entity", "create", "task:T-1"]);
  t.match(await cli(dir, ["entity", "create", "task:t-1"]), {
    status: 1,
    stderr: /differs from task:T-1 only in case/,
  });
  t.match(await cli(dir, ["entity", "set", "task:T-1", "version=7"]), {
    status: 2,
    stderr: /version is written by got-hooks/,
  });
});

await t.test("edges are made between entities that exist, never in a circle", async (t) => {
  const { dir } = createRepository(sandbox, "edges");
  for (const id of ["a", "b", "c"]) await cli(dir, ["entity", "create", `task:${id}`]);
  t.equal((await cli(dir, ["edge", "add", "task:a", "depends_on", "task:b"])).status, 0);
  t.equal((await cli(dir, ["edge", "add", "task:a", "depends_on", "task:b"])).status, 0, "again is the same");
  t.equal((await cli(dir, ["edge", "add", "task:b", "depends_on", "task:c"])).status, 0);
  t.match(await cli(dir, ["edge", "add", "task:c", "depends_on", "task:a"]), {
    status: 1,
    stderr: /would close a cycle: .*task:a -> task:b -> task:c/,
  });
  t.match(await cli(dir, ["edge", "add", "task:c", "depends_on", "task:z"]), {
    status: 1,
    stderr: /There is no entity task:z/,
  });
  t.match(await json(dir, "edge", "list", "task:b"), { data: { edges: { length: 2 } } });
  t.equal((await cli(dir, ["fsck"])).stdout, "5 entities, no problems.\n");
  await cli(dir, ["entity", "delete", "task:c"]);
  t.match(await cli(dir, ["fsck"]), { status: 1, stdout: /edge:\w+: its to task:c does not exist/ });
  t.equal((await cli(dir, ["edge", "remove", "task:b", "depends_on", "task:c"])).status, 0);
  t.equal((await cli(dir, ["fsck"])).status, 0);
});

await t.test("fsck finds what is broken, by file and line, and removes what a crash left", async (t) => {
  const { dir } = createRepository(sandbox, "fsck");
  const folder = path.join(dir, ".got", "entities", "task");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "bad.json"), '{\n  "id": "bad",\n}\n');
  writeFileSync(
    path.join(folder, "marked.json"),
    '{\n<<<<<<< ours\n  "a": 1\n=======\n  "a": 2\n>>>>>>> theirs\n}\n',
  );
  writeFileSync(path.join(folder, "other.json"), '{"id":"another","type":"task"}');
  writeFileSync(path.join(folder, "sum.json"), '{"id":"sum","type":"task","checksum":"00"}');
  writeFileSync(path.join(folder, ".got-0123456789abcdef.tmp"), "{");
  const run = await cli(dir, ["fsck", "--repair"]);
  t.equal(run.status, 1);
  for (const line of [
    /bad\.json:3: not valid JSON/,
    /marked\.json:2: a conflict marker/,
    /other\.json:1: id is "another"/,
    /sum\.json:1: checksum is 00/,
    /\.got-0123456789abcdef\.tmp: a draft that a crash left \(repaired\)/,
  ]) {
    t.match(run.stdout, line);
  }
  t.notMatch((await cli(dir, ["fsck"])).stdout, "draft");
  t.match(await cli(dir, ["entity", "get", "task:marked"]), {
    status: 1,
    stderr: /marked\.json:2: it has conflict markers.*got-hooks resolve/,
  });
  t.match(await cli(dir, ["entity", "set", "task:marked", "a=1"]), { status: 1, stderr: /marked\.json:2/ });
});
