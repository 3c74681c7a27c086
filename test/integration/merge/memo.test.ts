import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { commitOn } from "../../support/both-ways.ts";
import { type InstalledDrivers, installDrivers } from "../../support/install-drivers.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";
import { eventLine, taskText } from "../../support/tasks.ts";

interface Scene {
  readonly repository: Repository;
  readonly drivers: InstalledDrivers;
  /** Merges `theirs` into `main` anew; returns the merged tree. */
  readonly merge: () => string;
}

/** `count` tasks whose counter both sides changed. */
function scene(t: Test, count: number, more: Record<string, string> = {}): Scene {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const drivers = installDrivers(repository);
  const all = (fields: object): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `e/T-${index}.json`,
        taskText({ id: `T-${index}`, ...fields }),
      ]),
    );
  repository.commit({ ".got/config.json": '{"version":1}', ...all({}), ...more });
  commitOn(repository, "theirs", "main", all({ points: 4, tags: ["a", "b"] }));
  repository.commit(all({ points: 3, title: "New" }));
  repository.git("tag", "start");
  const merge = (): string => {
    repository.git("reset", "-q", "--hard", "start");
    repository.git("merge", "-q", "-m", "merge", "theirs");
    return repository.git("rev-parse", "HEAD^{tree}");
  };
  return { repository, drivers, merge };
}

await t.test(
  "a merge of many files starts Node twice, the same merge again once: its first file is not looked up",
  async (t) => {
    const { drivers, merge } = scene(t, 12);
    const tree = merge();
    t.equal(drivers.nodeStarts(), 2);
    t.equal(merge(), tree);
    t.equal(drivers.nodeStarts(), 1);
    rmSync(drivers.memo, { recursive: true });
    t.equal(merge(), tree, "it may be deleted at any time");
    t.equal(drivers.nodeStarts(), 2);
    rmSync(path.join(drivers.got, "memo.key"));
    t.equal(merge(), tree, "without a key there is no memo");
    t.equal(drivers.nodeStarts(), 12);
  },
);

await t.test(
  "a rebase of many commits starts Node twice: results are followed from pick to pick",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const trees = [true, false].map((memo) => {
      const repository = createRepository(sandbox, `memo ${memo}`);
      const drivers = installDrivers(repository, { memo });
      repository.commit({
        ".got/config.json": '{"version":1}',
        "a.json": taskText(),
        "log.jsonl": eventLine("a", 0),
      });
      repository.git("checkout", "-q", "-b", "topic");
      let lines = eventLine("a", 0);
      for (let step = 1; step <= 8; step++) {
        lines += eventLine(`topic-${step}`, 10 + step);
        repository.commit({ "a.json": taskText({ points: 1 + step }), "log.jsonl": lines });
      }
      repository.git("checkout", "-q", "main");
      repository.commit({
        "a.json": taskText({ points: 11 }),
        "log.jsonl": eventLine("a", 0) + eventLine("main", 5),
      });
      repository.git("checkout", "-q", "topic");
      repository.git("rebase", "-q", "main");
      const starts = drivers.nodeStarts();
      t.equal(starts, memo ? 2 : 16);
      t.match(JSON.parse(repository.read("a.json")), { points: 19 });
      return repository.git("log", "--format=%T");
    });
    t.equal(trees[0], trees[1], "every rebased commit has the same tree as without the memo");
  },
);

await t.test("a cherry-pick and a revert of many commits are foreseen as well", async (t) => {
  const { repository, drivers } = scene(t, 1);
  repository.git("checkout", "-q", "-b", "many", "start~1");
  for (let step = 1; step <= 6; step++)
    repository.commit({ "e/T-0.json": taskText({ id: "T-0", points: 1 + step }) });
  repository.git("checkout", "-q", "main");
  repository.git("cherry-pick", "start~1..many");
  t.match(JSON.parse(repository.read("e/T-0.json")), { points: 9, title: "New" });
  t.equal(drivers.nodeStarts(), 2);
  repository.commit({ "e/T-0.json": taskText({ id: "T-0", points: 10, title: "Newer" }) });
  repository.git("revert", "--no-edit", "HEAD~6..HEAD~1");
  t.match(JSON.parse(repository.read("e/T-0.json")), { points: 5, title: "Newer" });
  t.equal(drivers.nodeStarts(), 2);
});

await t.test("another policy is another key", async (t) => {
  const { repository, drivers, merge } = scene(t, 3);
  merge();
  t.match(JSON.parse(repository.read("e/T-0.json")), { points: 6 });
  repository.git("reset", "-q", "--hard", "start");
  repository.commit({ ".got/config.json": '{"version":1,"merge":{"task":{"points":"max"}}}' });
  repository.git("tag", "-f", "start");
  drivers.nodeStarts();
  merge();
  for (const index of [0, 1, 2]) t.match(JSON.parse(repository.read(`e/T-${index}.json`)), { points: 4 });
  t.equal(drivers.nodeStarts(), 2);
});

await t.test("another build is another key", async (t) => {
  const { drivers, merge } = scene(t, 3);
  merge();
  writeFileSync(path.join(drivers.bin, "build"), `${"c".repeat(64)}\n`);
  drivers.nodeStarts();
  merge();
  t.equal(drivers.nodeStarts(), 2);
});

interface Entry {
  readonly folder: string;
  readonly file: string;
}

/** The entries of a memo, each of which holds one result. */
function entriesOf(drivers: InstalledDrivers): Entry[] {
  return readdirSync(drivers.memo)
    .filter((name) => /^[0-9a-f]{80}$/.test(name))
    .map((name) => {
      const folder = path.join(drivers.memo, name);
      const [file = "", ...others] = readdirSync(folder);
      if (others.length > 0) throw new Error(`${folder} has several entries`);
      return { folder, file: path.join(folder, file) };
    });
}

const evil = taskText({ points: 666 });

const attacks: Readonly<Record<string, (entry: Entry, scene: Scene) => void>> = {
  "other content": ({ file }) => writeFileSync(file, evil),
  "content cut off": ({ file }) => writeFileSync(file, readFileSync(file).subarray(0, 20)),
  "no content": ({ file }) => writeFileSync(file, ""),
  "a symlink to other content": ({ file }, { repository }) => {
    const target = path.join(repository.sandbox.root, "evil.json");
    writeFileSync(target, evil);
    rmSync(file);
    symlinkSync(target, file);
  },
  "a symlink that leads nowhere": ({ file }) => {
    rmSync(file);
    symlinkSync("/nowhere", file);
  },
  "a FIFO, which nobody writes": ({ file }, { repository }) => {
    rmSync(file);
    repository.sandbox.run("/", "mkfifo", [file]);
  },
  "a folder": ({ file }) => {
    rmSync(file);
    mkdirSync(file);
  },
  "other content under its own right id": ({ folder, file }, { repository }) => {
    const evilFile = path.join(repository.sandbox.root, "evil.json");
    writeFileSync(evilFile, evil);
    const id = repository.git("hash-object", evilFile).trim();
    const [status = "", , seal = ""] = path.basename(file).split(".");
    rmSync(file);
    writeFileSync(path.join(folder, `${status}.${id}.${seal}`), evil);
  },
  "a conflict claimed to be clean": ({ folder, file }) => {
    const [, id = "", seal = ""] = path.basename(file).split(".");
    renameSync(file, path.join(folder, `1.${id}.${seal}`));
  },
  "names full of tricks": ({ folder, file }) => {
    rmSync(file);
    for (const name of [
      "0.",
      "0..",
      "0.$(touch pwned).x",
      "0.* *",
      "1.a b.c d",
      "0.a\nb.c",
      "9.a.b",
      "0.-x.-y",
    ]) {
      writeFileSync(path.join(folder, name), evil);
    }
  },
  "a thousand wrong entries": ({ folder, file }) => {
    rmSync(file);
    for (let index = 0; index < 1000; index++)
      writeFileSync(path.join(folder, `0.${"a".repeat(40)}.${index}`), evil);
  },
  "an entry of other inputs": ({ folder }) => {
    const other = `${folder}.other`;
    renameSync(folder, other);
    mkdirSync(folder);
    for (const name of readdirSync(other)) {
      const [status = "", id = ""] = name.split(".");
      writeFileSync(
        path.join(folder, `${status}.${id}.${"0".repeat(40)}`),
        readFileSync(path.join(other, name)),
      );
    }
  },
  "a large entry": ({ file }) => writeFileSync(file, Buffer.alloc(30_000_000, "x")),
};

for (const [what, attack] of Object.entries(attacks)) {
  await t.test(`an entry with ${what} changes no result`, async (t) => {
    const attacked = scene(t, 3);
    const { repository, drivers, merge } = attacked;
    const tree = merge();
    const entries = entriesOf(drivers);
    t.equal(entries.length, 3);
    // What was foreseen for the process that is gone shares its content with the entries.
    for (const name of readdirSync(drivers.memo)) {
      if (/^(for|misses)\./.test(name)) rmSync(path.join(drivers.memo, name), { recursive: true });
    }
    for (const entry of entries) attack(entry, attacked);
    drivers.nodeStarts();
    t.equal(merge(), tree);
    t.ok(drivers.nodeStarts() >= 2, "it is a miss: with good entries, only the first file starts Node");
    t.equal(repository.git("status", "--porcelain"), "");
    t.notOk(existsSync(path.join(repository.dir, "pwned")));
  });
}

await t.test("a memo that is a symlink, a file or unwritable changes no result", async (t) => {
  const { repository, drivers, merge } = scene(t, 3);
  const tree = merge();
  const elsewhere = path.join(repository.sandbox.root, "elsewhere");
  renameSync(drivers.memo, elsewhere);
  symlinkSync(elsewhere, drivers.memo);
  t.equal(merge(), tree);
  rmSync(drivers.memo);
  writeFileSync(drivers.memo, "a file");
  t.equal(merge(), tree);
  rmSync(drivers.memo);
  mkdirSync(drivers.memo);
  chmodSync(drivers.memo, 0o500);
  t.equal(merge(), tree);
  chmodSync(drivers.memo, 0o700);
});

await t.test("wrong entries among what was foreseen change no result", async (t) => {
  for (const attack of ["content", "symlink", "order"] as const) {
    const { repository, drivers, merge } = scene(t, 6);
    const tree = merge();
    rmSync(drivers.memo, { recursive: true });
    // The second call of the next merge fills the memo; from the third on, everything foreseen is spoiled beforehand.
    const node = path.join(drivers.bin, "counted-node");
    const spoil = {
      content: `for file in '${drivers.memo}'/for.*/*/*/*; do [ -f "$file" ] && { cp "$file" x; echo evil >>x; mv x "$file"; }; done`,
      symlink: `for file in '${drivers.memo}'/for.*/*/*/*; do [ -f "$file" ] && { mv "$file" "$file.real"; echo evil >evil; ln -s "$PWD/evil" "$file"; }; done`,
      order: `for file in '${drivers.memo}'/for.*/*/*/*; do [ -f "$file" ] && cp "$file" "\${file%/*/*}/T-5.json/\${file##*/}"; done`,
    }[attack];
    writeFileSync(
      node,
      `#!/bin/sh\n'${process.execPath}' "$@"\nstatus=$?\ncd '${repository.sandbox.root}'\n${spoil}\nexit $status\n`,
    );
    t.equal(merge(), tree, attack);
  }
});

await t.test("the memo is bounded: the oldest entries go", async (t) => {
  const { drivers, merge } = scene(t, 3);
  merge();
  const before = new Set(readdirSync(drivers.memo));
  for (let index = 0; index < 20_100; index++)
    mkdirSync(path.join(drivers.memo, index.toString(16).padStart(80, "0")));
  for (const name of before)
    if (name.startsWith("for.")) rmSync(path.join(drivers.memo, name), { recursive: true });
  rmSync(path.join(drivers.memo, [...before].find((name) => /^[0-9a-f]{80}$/.test(name)) ?? ""), {
    recursive: true,
  });
  merge();
  t.ok(readdirSync(drivers.memo).length <= 15_001, `${readdirSync(drivers.memo).length} entries`);
  t.ok(statSync(drivers.memo).isDirectory());
});

await t.test("whole conflicts are remembered, with their labels and markers", async (t) => {
  const { repository, drivers } = scene(t, 3, {
    "c.json": taskText({ owner: "x" }),
    "d.json": taskText({ owner: "x" }),
  });
  commitOn(repository, "other", "start", {
    "c.json": taskText({ owner: "theirs" }),
    "d.json": taskText({ owner: "theirs" }),
  });
  repository.git("reset", "-q", "--hard", "start");
  repository.commit({ "c.json": taskText({ owner: "ours" }), "d.json": taskText({ owner: "ours" }) });
  const texts = [1, 2].map(() => {
    t.equal(repository.try("merge", "other").status, 1);
    const both = repository.read("c.json") + repository.read("d.json");
    repository.git("merge", "--abort");
    return both;
  });
  t.equal(texts[0], texts[1]);
  t.match(texts[0], /<<<<<<< [^]*>>>>>>> /);
  t.equal(drivers.nodeStarts(), 3, "two for the first merge, one for the first file of the second");
});
