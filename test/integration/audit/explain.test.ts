import t from "tap";
import { installDrivers } from "../../support/install-drivers.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

const task = (fields: object): string =>
  `${JSON.stringify({ id: "T-1", type: "task", version: 1, updated_at: "2026-01-01T00:00:00.000Z", status: "pending", ...fields }, null, 2)}\n`;
const file = ".got/entities/task/T-1.json";

/** Two branches that change one task, and main where they begin. */
function branches(repository: Repository, ours: object, theirs: object, base: object = {}): void {
  repository.commit({ [file]: task(base) }, "base");
  repository.git("checkout", "-q", "-b", "theirs");
  repository.commit({ [file]: task({ version: 2, ...theirs }) }, "theirs");
  repository.git("checkout", "-q", "main");
  repository.commit({ [file]: task({ version: 2, ...ours }) }, "ours");
}

function repositoryFor(t: { teardown: (end: () => void) => void }): Repository {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  return createRepository(sandbox);
}

await t.test(
  "lists what rules decided in a merge that the drivers made, with winner and loser",
  async (t) => {
    const repository = repositoryFor(t);
    installDrivers(repository);
    branches(
      repository,
      { status: "closed", priority: 1, updated_at: "2026-01-02T00:00:00.000Z" },
      { status: "in_progress", priority: 2, updated_at: "2026-01-03T00:00:00.000Z" },
    );
    repository.git("merge", "-q", "-m", "both", "theirs");
    const run = await cli(repository.dir, ["explain", "HEAD", "--json"]);
    t.equal(run.status, 0, run.stderr);
    const [path] = JSON.parse(run.stdout).data.paths;
    t.match(path, { path: file, driver: "entity", outcome: "merged", committed: "same", conflicts: [] });
    const status = path.decisions.find(({ at }: { at: string }) => at === "status");
    t.strictSame(status, {
      at: "status",
      rule: "order",
      base: '"pending"',
      ours: '"closed"',
      theirs: '"in_progress"',
      result: '"closed"',
      lost: "theirs",
    });
    const text = await cli(repository.dir, ["explain"]);
    t.match(text.stdout, /^  priority +latest +\(none\) +1 +2 +2 +ours$/m);
    const one = await cli(repository.dir, ["explain", "--field", "priority", "--json"]);
    t.strictSame(
      JSON.parse(one.stdout).data.paths[0].decisions.map(({ at }: { at: string }) => at),
      ["priority"],
    );
    const none = await cli(repository.dir, ["explain", "--path", "docs/", "--json"]);
    t.strictSame(JSON.parse(none.stdout).data.paths, []);
  },
);

await t.test("says where the commit is not what the drivers give", async (t) => {
  const repository = repositoryFor(t);
  branches(
    repository,
    { status: "closed", title: "x" },
    { status: "in_progress", updated_at: "2026-01-03T00:00:00.000Z" },
  );
  repository.try("merge", "-q", "-m", "both", "theirs");
  repository.commit(
    { [file]: task({ version: 3, status: "in_progress", updated_at: "2026-01-03T00:00:00.000Z" }) },
    "by hand",
  );
  const run = await cli(repository.dir, ["explain", "--json"]);
  const [path] = JSON.parse(run.stdout).data.paths;
  t.match(path, { committed: "different" });
  t.strictSame(path.differences, [
    { at: "status", expected: '"closed"', committed: '"in_progress"' },
    { at: "title", expected: '"x"', committed: null },
  ]);
  const text = await cli(repository.dir, ["explain"]);
  t.match(text.stdout, /what was committed is something else\n +at +the drivers give +committed\n/);
});

await t.test("refuses what is no merge of two, and names it", async (t) => {
  const repository = repositoryFor(t);
  repository.commit({ a: "1" });
  const plain = await cli(repository.dir, ["explain"]);
  t.equal(plain.status, 2);
  t.match(plain.stderr, /HEAD is no merge commit/);
  const unknown = await cli(repository.dir, ["explain", "nowhere"]);
  t.equal(unknown.status, 2);
  t.match(unknown.stderr, /there is no commit nowhere/);
});

await t.test("merges the bases of a criss-cross history first, as git does", async (t) => {
  const repository = repositoryFor(t);
  installDrivers(repository);
  branches(repository, { points: 2 }, { points: 4 }, { points: 1 });
  repository.git("branch", "ours-1");
  repository.git("branch", "theirs-1", "theirs");
  repository.git("merge", "-q", "-m", "main takes theirs", "theirs-1");
  repository.git("checkout", "-q", "theirs");
  repository.git("merge", "-q", "-m", "theirs takes ours", "ours-1");
  repository.commit({ [file]: task({ version: 9, points: 8 }) }, "theirs goes on");
  repository.git("checkout", "-q", "main");
  repository.commit({ [file]: task({ version: 9, points: 7 }) }, "main goes on");
  repository.git("merge", "-q", "-m", "criss-cross", "theirs");
  const { data } = JSON.parse((await cli(repository.dir, ["explain", "--json"])).stdout);
  t.equal(data.bases.length, 2);
  const points = data.paths[0].decisions.find(({ at }: { at: string }) => at === "points");
  t.match(points, { rule: "counter", base: "5", ours: "7", theirs: "8", result: "10" });
  t.equal(data.paths[0].committed, "same");
  t.match((await cli(repository.dir, ["explain"])).stdout, /, 2 merge bases\n/);
  t.equal((await cli(repository.dir, ["verify"])).status, 0);
});

await t.test("explains what is under way, with what stands in the index", async (t) => {
  for (const [command, underWay] of [
    [["merge", "theirs"], "merge"],
    [["cherry-pick", "theirs"], "cherry-pick"],
    [["rebase", "theirs"], "rebase"],
  ] as const) {
    const repository = repositoryFor(t);
    installDrivers(repository);
    branches(repository, { title: "ours", points: 2 }, { title: "theirs", points: 3 }, { points: 1 });
    t.not(repository.try(...command).status, 0);
    const run = await cli(repository.dir, ["explain", "--index", "--json"]);
    t.equal(run.status, 0, run.stderr);
    const { data } = JSON.parse(run.stdout);
    t.match(data, {
      underWay,
      commit: null,
      paths: [{ path: file, outcome: "conflict", committed: "unknown" }],
    });
    t.strictSame(data.paths[0].conflicts, [{ at: "title", reason: "both sides changed it" }]);
    t.ok(
      data.paths[0].decisions.some(({ at }: { at: string }) => at === "points"),
      underWay,
    );
    t.match((await cli(repository.dir, ["explain", "--index"])).stdout, new RegExp(`^${underWay} under way`));
  }
  const reverted = repositoryFor(t);
  installDrivers(reverted);
  reverted.commit({ [file]: task({ title: "before", points: 1 }) }, "before");
  reverted.commit({ [file]: task({ title: "regretted", points: 2 }) }, "regretted");
  reverted.commit({ [file]: task({ title: "newer", points: 4 }) }, "newer");
  t.not(reverted.try("revert", "HEAD^").status, 0);
  const run = await cli(reverted.dir, ["explain", "--index", "--json"]);
  t.equal(run.status, 0, run.stderr);
  const { data } = JSON.parse(run.stdout);
  t.match(data, { underWay: "revert", subject: "regretted", paths: [{ path: file, outcome: "conflict" }] });
  const points = data.paths[0].decisions.find(({ at }: { at: string }) => at === "points");
  t.match(points, { base: "2", ours: "4", theirs: "1", result: "3" }, "what was regretted is taken back");
  const idle = repositoryFor(t);
  idle.commit({ a: "1" });
  const nothing = await cli(idle.dir, ["explain", "--index"]);
  t.equal(nothing.status, 2);
  t.match(nothing.stderr, /no merge, cherry-pick, revert or rebase is under way/);
});

await t.test("names the element of a list that a decision is in", async (t) => {
  const repository = repositoryFor(t);
  installDrivers(repository);
  const list = (done: unknown) => ({
    checklist: [
      { id: "c1", done },
      { id: "c2", done: null },
    ],
  });
  branches(repository, list(true), list(null), list(false));
  repository.git("merge", "-q", "-m", "both", "theirs");
  t.match(
    (await cli(repository.dir, ["explain"])).stdout,
    /^  checklist\.done of "c1" +max +false +true +null +true +theirs$/m,
  );
});
