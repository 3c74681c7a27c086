import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import t, { type Test } from "tap";
import { installHooks, spooledEvents } from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

function prepare(t: Test, extra: Record<string, string> = {}): Repository {
  const sandbox = createSandbox(extra);
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  sandbox.run(sandbox.root, "git", ["init", "-q", "--bare", "remote.git"]);
  repository.commit({ base: "1", ".got/config.json": '{ "version": 1 }\n' });
  installHooks(repository, { checkData: true, track: false });
  return repository;
}

const markers = '{\n  "id": "T-1",\n<<<<<<< ours\n  "a": 1\n=======\n  "a": 2\n>>>>>>> theirs\n}\n';
const checksum = createHash("sha256").update('{"a":[1.0,"é"],"id":"T-1"}').digest("hex");

const broken: readonly (readonly [file: string, content: string | Uint8Array, message: string])[] = [
  [".got/entities/task/T-1.json", markers, ".got/entities/task/T-1.json:3: a conflict marker was left in"],
  [
    ".got/entities/task/T-1.json",
    '{\n  "a": 1,\n  "a": 2\n}\n',
    ".got/entities/task/T-1.json:3: not valid JSON: duplicate key",
  ],
  [
    ".got/entities/task/T-1.json",
    `{\n  "id": "T-1",\n  "a": [1.00, "é"],\n  "checksum": "${checksum}"\n}\n`,
    ".got/entities/task/T-1.json:4: checksum is ",
  ],
  [
    ".got/entities/task/T-1.json",
    '{ "id": "T-1", "checksum": 7 }',
    ".got/entities/task/T-1.json:1: checksum is 7, but",
  ],
  [".got/events/x.jsonl", '{"id":"1"}\n{"id":\n', ".got/events/x.jsonl:2: not valid JSON: "],
  [
    ".got/config.json",
    '{ "version": 1, "merge": { "task": { "tags": "sets" } } }',
    ".got/config.json: merge.task.tags.rule must be",
  ],
  [".got/config.json", '{\n  "version": 1,\n}', ".got/config.json:3: not valid JSON"],
  [".got/snapshots/s.json.gz", "not gzip", ".got/snapshots/s.json.gz: not a snapshot: "],
  [
    ".got/entities/task/T-1.json",
    Buffer.from([0x7b, 0xff, 0x7d]),
    ".got/entities/task/T-1.json: not UTF-8 text",
  ],
  [".got/notes.txt", "<<<<<<< ours\n", ".got/notes.txt:1: a conflict marker was left in"],
  [
    ".got/entities/ta sk/ü'\"\n\u001b[31m.json",
    "{",
    ".got/entities/ta sk/ü'\"\\u{a}\\u{1b}[31m.json:1: not valid JSON",
  ],
];

await t.test("broken .got data is refused with file, line and remedy", async (t) => {
  for (const [file, content, message] of broken) {
    const repository = prepare(t);
    repository.write(file, content);
    repository.git("add", "-A");
    const run = repository.try("commit", "-qm", "x");
    t.equal(run.status, 1, message);
    t.match(run.stderr, `got-hooks: ${message}`);
    t.match(
      run.stderr,
      /got-hooks: commit refused: \.got data is broken in \d places?\. Mend the lines and `git add` the files; `git commit --no-verify`/,
    );
    t.notOk(existsSync(path.join(repository.dir, ".git", "got", "fold")));
    t.equal(repository.try("commit", "-qnm", "x").status, 0, "--no-verify commits it");
    const push = repository.try("push", "-q", "../remote.git", "main");
    t.not(push.status, 0);
    t.match(push.stderr, `got-hooks: ${message}`);
    t.notOk(spooledEvents(repository).some(({ event }) => event === "git.push"));
  }
});

await t.test("sound .got data is committed and pushed", async (t) => {
  const repository = prepare(t);
  repository.write(
    ".got/entities/task/T-1.json",
    `{\n  "id": "T-1",\n  "checksum": "${checksum}",\n  "a": [1.0, "é"]\n}\n`,
  );
  repository.write(".got/events/x.jsonl", '{"id":"1","text":"<<<<<<< ours"}\n');
  repository.write(".got/snapshots/s.json.gz", gzipSync("{}"));
  repository.write(".got/notes.txt", "a heading\n=======\n");
  repository.git("add", "-A");
  const run = repository.try("commit", "-qm", "x");
  t.strictSame([run.status, run.stderr], [0, ""]);
  t.equal(repository.try("push", "-q", "../remote.git", "main").status, 0);
});

await t.test("only what changes is looked at", async (t) => {
  const repository = prepare(t);
  repository.write(".got/events/x.jsonl", '{"torn\n{"id":"2"}\n');
  repository.write(".got/entities/task/old.json", "{");
  repository.git("add", "-A");
  repository.git("commit", "-qnm", "broken long ago");
  repository.git("push", "-q", "--no-verify", "../remote.git", "main");
  repository.write(".got/events/x.jsonl", '{"torn\n{"id":"2"}\n{"id":"3"}\n');
  repository.git("add", "-A");
  t.equal(
    repository.try("commit", "-qm", "one line more").status,
    0,
    "old lines of a log are not looked at again",
  );
  t.equal(repository.try("push", "-q", "../remote.git", "main").status, 0);
  repository.git("rm", "-q", ".got/entities/task/old.json");
  t.equal(repository.try("commit", "-qm", "removed").status, 0);
});

await t.test("a push is judged by what it ends in", async (t) => {
  const repository = prepare(t);
  repository.git("push", "-q", "../remote.git", "main");
  repository.write(".got/entities/task/T-1.json", "{");
  repository.git("add", "-A");
  repository.git("commit", "-qnm", "broken");
  repository.write(".got/entities/task/T-1.json", "{}");
  repository.git("add", "-A");
  repository.git("commit", "-qm", "mended");
  t.equal(repository.try("push", "-q", "../remote.git", "main").status, 0);
  t.equal(repository.try("push", "-q", "../remote.git", "main:other").status, 0, "to another branch as well");
  t.equal(
    repository.try("push", "-q", "../remote.git", ":other").status,
    0,
    "deleting a branch pushes nothing",
  );
});

await t.test("Node is not started for commits that don't touch .got", async (t) => {
  const repository = prepare(t);
  const started = path.join(repository.sandbox.root, "started");
  repository.write(".git/got/bin/node", `${repository.sandbox.root}/node\n`);
  repository.sandbox.run(repository.sandbox.root, "sh", [
    "-c",
    `printf '#!/bin/sh\\n: >"${started}"\\nexit 10\\n' >node && chmod +x node`,
  ]);
  for (let n = 0; n < 3; n++) {
    repository.write("base", `${n}`);
    repository.git("commit", "-qam", "x");
  }
  repository.git("checkout", "-q", "-b", "side");
  repository.git("commit", "-q", "--allow-empty", "-m", "x");
  t.notOk(existsSync(started));
  repository.write(".got/entities/task/T-1.json", "{}");
  repository.git("add", "-A");
  repository.git("commit", "-qm", "x");
  t.ok(existsSync(started), "but then it is");
});

await t.test("a checker that is missing or broken stands in nobody's way", async (t) => {
  for (const damage of [
    "rm .git/got/bin/check-data.cjs",
    "echo 'throw 1' >.git/got/bin/check-data.cjs",
    "echo 'process.exit(0)' >.git/got/bin/check-data.cjs",
  ]) {
    const repository = prepare(t);
    repository.sandbox.run(repository.dir, "sh", ["-c", damage]);
    repository.write(".got/entities/task/T-1.json", "{");
    repository.git("add", "-A");
    const run = repository.try("commit", "-qm", "x");
    t.equal(run.status, 0);
    t.match(run.stderr, /got-hooks: the \.got data (was not|could not be) checked/);
  }
});

await t.test("a push of many references asks git once whether .got is touched", async (t) => {
  const repository = prepare(t);
  repository.git("push", "-q", "../remote.git", "main");
  const tips = 1000;
  const commits = Array.from(
    { length: tips },
    (_, at) =>
      `commit refs/heads/b/${at}\ncommitter Ada <ada@example.com> ${1_800_000_000 + at} +0000\ndata 1\nx\nfrom refs/heads/main^0\n\n`,
  );
  const made = repository.sandbox.run(repository.dir, "git", ["fast-import", "--quiet"], {
    input: commits.join(""),
  });
  t.equal(made.status, 0, made.stderr);
  repository.git("fetch", "-q", "../remote.git", "main:refs/remotes/origin/main");
  repository.git("remote", "add", "origin", "../remote.git");
  const trace = path.join(repository.sandbox.root, "trace");
  const push = repository.sandbox.run(
    repository.dir,
    "git",
    ["push", "-q", "origin", "refs/heads/b/*:refs/heads/b/*"],
    {
      env: { GIT_TRACE: trace },
    },
  );
  t.equal(push.status, 0, push.stderr);
  const asked = readFileSync(trace, "utf8").match(/built-in: git rev-list -n 1 .*\.got$/gm) ?? [];
  t.equal(asked.length, 1);
  t.match(
    spooledEvents(repository).findLast(({ event }) => event === "git.push"),
    { refs_total: tips },
  );
});
