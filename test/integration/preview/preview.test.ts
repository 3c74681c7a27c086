import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothChanged, diverge, entityText, taskFile } from "../../support/conflicted.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
let count = 0;

interface PreviewData {
  readonly made: number;
  readonly merges: readonly {
    readonly ours: string;
    readonly theirs: string;
    readonly outcome: string;
    readonly files: readonly {
      readonly path: string;
      readonly driver: string | null;
      readonly conflicts: readonly { at: string; reason: string }[];
      readonly decisions: readonly { at: string; rule: string; result: string }[];
    }[];
  }[];
}

async function preview(
  dir: string,
  ...argv: string[]
): Promise<{ status: number; stderr: string; data: PreviewData }> {
  const run = await cli(dir, ["preview", "--json", ...argv]);
  const { data } = JSON.parse(run.stdout) as { data?: PreviewData };
  return { status: run.status, stderr: run.stderr, data: data ?? { made: 0, merges: [] } };
}

function create(): Repository {
  return createRepository(sandbox, `repo-${count++}`);
}

/** A branch from main with one commit; null removes a file. */
function branch(
  repository: Repository,
  name: string,
  files: Record<string, string | null>,
  from = "main",
): void {
  repository.git("checkout", "-q", "-b", name, from);
  for (const [file, content] of Object.entries(files)) {
    if (content === null) repository.git("rm", "-q", "-r", file);
    else repository.write(file, content);
  }
  repository.git("add", "-A");
  repository.git("commit", "-q", "-m", name);
  repository.git("checkout", "-q", "main");
}

/** Everything that stands in a repository, git directory included. */
function everything(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [file, readFileSync(file).toString("base64")];
    }),
  );
}

await t.test(
  "one branch: what rules would decide, what would conflict, and nothing is touched",
  async (t) => {
    const repository = create();
    diverge(repository, bothChanged);
    installDrivers(repository);
    const before = everything(repository.dir);
    const run = await preview(repository.dir, "topic");
    t.same(everything(repository.dir), before);
    t.equal(run.status, 1);
    t.match(run.data.merges, [
      {
        ours: "HEAD",
        theirs: "topic",
        outcome: "conflict",
        files: [
          {
            path: taskFile,
            driver: "entity",
            conflicts: [{ at: "owner" }, { at: "title" }],
            decisions: [{ at: "tags", rule: "set", result: /"o",\s+"a",\s+"t"/ }, { at: "updated_at" }],
          },
        ],
      },
    ]);
    t.match(await cli(repository.dir, ["preview", "topic"]), {
      stdout: /^topic into HEAD: conflicts\n {2}.*T-1.json \(entity\): 2 conflicts, 3 decided by rule\n/,
    });
  },
);

await t.test("without the drivers, files of theirs merge as text here, and so they are shown", async (t) => {
  const repository = create();
  diverge(repository, bothChanged);
  const [merge] = (await preview(repository.dir, "topic")).data.merges;
  t.match(merge?.files, [{ path: taskFile, driver: null, conflicts: [{ at: "contents" }], decisions: [] }]);
});

await t.test(
  "a driver's file is merged as where it goes, whatever the attributes of the work tree say",
  async (t) => {
    const repository = create();
    repository.git("commit", "-q", "--allow-empty", "-m", "before");
    repository.git("branch", "elsewhere");
    diverge(repository, {
      "old.txt": { base: "1\n2\n3\n4\n", ours: null },
      "new.txt": { theirs: "something\n" },
      [taskFile]: {
        base: entityText(),
        ours: entityText({ points: 1 }),
        theirs: entityText({ size: 1 }),
      },
      ".gitattributes": { base: "*.json merge=got-entity\n" },
    });
    installDrivers(repository);
    repository.git("checkout", "-q", "-f", "elsewhere");
    writeFileSync(path.join(repository.dir, ".git", "info", "attributes"), "");
    const run = await preview(repository.dir, "topic", "--onto", "main");
    t.match(run, { status: 0, data: { made: 1, merges: [{ outcome: "clean", files: [] }] } });
  },
);

await t.test("says what git merge then does", async (t) => {
  const clean = {
    [taskFile]: { base: entityText(), ours: entityText({ points: 1 }), theirs: entityText({ tags: ["b"] }) },
  };
  const cases: Record<string, { files: Parameters<typeof diverge>[1]; outcome: string }> = {
    "different fields": { files: clean, outcome: "clean" },
    "one title, twice": { files: bothChanged, outcome: "conflict" },
    "a line of code, twice": {
      files: { "a.ts": { base: "1\n", ours: "2\n", theirs: "3\n" } },
      outcome: "conflict",
    },
    "removed and changed": {
      files: { "a.ts": { base: "1\n", ours: null, theirs: "3\n" } },
      outcome: "conflict",
    },
    "a file where a folder is": {
      files: { "a.ts": { base: "1\n" }, x: { ours: "1\n" }, "x/y": { theirs: "2\n" } },
      outcome: "conflict",
    },
    "a new file in a renamed folder": {
      files: {
        "old/a.ts": { base: "a long enough line of text\n", ours: null },
        "new/a.ts": { ours: "a long enough line of text\n" },
        "old/b.ts": { theirs: "b\n" },
      },
      outcome: "conflict",
    },
    "different files": {
      files: { "a.ts": { base: "1\n", ours: "2\n" }, "b.ts": { theirs: "3\n" } },
      outcome: "clean",
    },
    "a change in a renamed file": {
      files: {
        "a.ts": {
          base: "a long enough line\nand another one\n",
          ours: null,
          theirs: "a long enough line\nand another one\n!\n",
        },
        "b.ts": { ours: "a long enough line\nand another one\n" },
      },
      outcome: "clean",
    },
  };
  for (const [what, { files, outcome }] of Object.entries(cases)) {
    const repository = create();
    diverge(repository, files);
    installDrivers(repository);
    const run = await preview(repository.dir, "topic", "--onto", "main");
    t.equal(run.data.merges[0]?.outcome, outcome, what);
    t.equal(
      repository.try("merge", "-q", "-m", "m", "topic").status === 0,
      outcome === "clean",
      `git: ${what}`,
    );
  }
});

await t.test("a matrix of branches: which pairs collide, and where", async (t) => {
  const repository = create();
  repository.commit({ "shared.txt": "base\n", "a.txt": "a\n" });
  branch(repository, "one", { "shared.txt": "one\n" });
  branch(repository, "two", { "shared.txt": "two\n" });
  branch(repository, "three", { "a.txt": "three\n" });
  const run = await preview(repository.dir, "--matrix", "one", "two", "three", "main");
  t.equal(run.status, 1);
  t.same(
    run.data.merges.map(({ ours, theirs, outcome }) => [ours, theirs, outcome]),
    [
      ["one", "two", "conflict"],
      ["one", "three", "clean"],
      ["one", "main", "nothing"],
      ["two", "three", "clean"],
      ["two", "main", "nothing"],
      ["three", "main", "nothing"],
    ],
  );
  t.equal(run.data.made, 1, "the others are known from what they change");
  const text = await cli(repository.dir, ["preview", "--matrix", "one", "two", "three"]);
  t.match(
    text.stdout,
    /^3 branches, 3 pairs: 1 collide, .*\n\n 1 one {4}- x \.\n 2 two {4}x - \.\n 3 three {2}\. \. -\n/,
  );
  t.match(text.stdout, "two into one: conflicts\n  shared.txt: 1 conflict\n");
});

await t.test("merge bases are those of git, in a history with merges", async (t) => {
  const repository = create();
  repository.commit({ "f.txt": "1\n" });
  branch(repository, "left", { "l.txt": "1\n" });
  branch(repository, "right", { "r.txt": "1\n" });
  const [left, right] = ["left", "right"].map((name) => repository.git("rev-parse", name).trim());
  // Criss-cross: each has merged the other.
  repository.git("checkout", "-q", "left");
  repository.git("merge", "-q", "-m", "m1", right ?? "");
  repository.git("checkout", "-q", "right");
  repository.git("merge", "-q", "-m", "m2", left ?? "");
  repository.git("checkout", "-q", "main");
  branch(repository, "l2", { "f.txt": "left\n" }, "left");
  branch(repository, "r2", { "f.txt": "right\n" }, "right");
  branch(repository, "r3", { "g.txt": "right\n" }, "right");
  repository.git("checkout", "-q", "--orphan", "alien");
  repository.git("commit", "-q", "-m", "alien");
  repository.git("checkout", "-q", "main");
  const run = await preview(repository.dir, "--matrix", "l2", "r2", "r3", "left", "main");
  t.same(
    Object.fromEntries(run.data.merges.map(({ ours, theirs, outcome }) => [`${ours} ${theirs}`, outcome])),
    {
      "l2 r2": "conflict",
      "l2 r3": "clean",
      "l2 left": "nothing",
      "l2 main": "nothing",
      "r2 r3": "clean",
      "r2 left": "clean",
      "r2 main": "nothing",
      "r3 left": "clean",
      "r3 main": "nothing",
      "left main": "nothing",
    },
  );
  t.match((await preview(repository.dir, "--matrix", "main", "l2", "alien")).data.merges, [
    { outcome: "fast-forward" },
    { outcome: "unrelated" },
    { outcome: "unrelated" },
  ]);
});

await t.test("names with spaces, line breaks and bytes that are no text stay themselves", async (t) => {
  const repository = create();
  diverge(repository, { "sp ace\nline.txt": { base: "1\n", ours: "2\n", theirs: "3\n" } });
  t.match((await preview(repository.dir, "topic")).data.merges, [{ files: [{ path: "sp ace\nline.txt" }] }]);
});

await t.test("what is wrong is named", async (t) => {
  const repository = create();
  repository.commit({ "a.txt": "1\n" });
  t.match(await preview(repository.dir, "nowhere"), {
    status: 2,
    stderr: /There is no branch or commit nowhere/,
  });
  t.match(await preview(repository.dir, "--matrix", "main"), { status: 2, stderr: /needs two branches/ });
  t.match(await preview(repository.dir, "main", "--onto=--help"), {
    status: 2,
    stderr: /There is no branch or commit --help/,
  });
  t.notOk(existsSync(path.join(repository.dir, "--help")));
});
