import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";
import { taskText } from "../../support/tasks.ts";

const file = ".got/entities/task/T-1.json";

interface Clone {
  readonly server: Repository;
  readonly clone: Repository;
}

/** A clone with a branch `topic` and got-hooks installed, and a server whose main went on. */
async function makeClone(
  t: { teardown: (end: () => void) => void },
  ours: Record<string, unknown>,
  theirs: Record<string, unknown>,
): Promise<Clone> {
  const sandbox = createSandbox({ GOT_HOOKS: "0" });
  t.teardown(sandbox.dispose);
  const server = createRepository(sandbox, "server");
  server.commit({ [file]: taskText() }, "base");
  server.git("clone", "-q", server.dir, "../clone");
  const clone = openRepository(sandbox, path.join(sandbox.root, "clone"));
  const installed = await cli(clone.dir, ["install"], { GOT_HOOKS: "0" });
  if (installed.status !== 0) throw new Error(installed.stderr);
  clone.git("checkout", "-q", "-b", "topic");
  clone.git("add", "-A");
  clone.commit({ [file]: taskText(ours) }, "ours");
  server.commit({ [file]: taskText(theirs) }, "theirs");
  return { server, clone };
}

const off = { GOT_HOOKS: "0" };

await t.test(
  "brings the target in with the drivers, says what rules decided, and is ready to push",
  async (t) => {
    const { clone } = await makeClone(
      t,
      { status: "closed", points: 3 },
      { status: "in_progress", points: 4 },
    );
    const foreseen = await cli(clone.dir, ["merge-base", "--fetch", "--dry-run"], off);
    t.equal(foreseen.status, 0, foreseen.stderr);
    t.match(foreseen.stdout, /^origin\/main would merge without a conflict\.\n/);
    const before = clone.git("rev-parse", "HEAD");
    t.equal(clone.git("status", "--porcelain"), "");
    const run = await cli(clone.dir, ["merge-base", "origin/main", "--json"], off);
    t.equal(run.status, 0, run.stderr);
    const { data } = JSON.parse(run.stdout);
    t.match(data, { target: "origin/main", outcome: { kind: "merged" }, push: "git push -u origin HEAD" });
    t.strictSame(
      data.paths[0].decisions.map(
        ({ at, rule, result }: Record<string, string>) => `${at} ${rule} ${result}`,
      ),
      ["points counter 6", 'status order "closed"'],
    );
    t.match(JSON.parse(clone.read(file)), { status: "closed", points: 6 });
    t.equal(clone.git("rev-parse", "HEAD^1"), before);
    const again = await cli(clone.dir, ["merge-base"], off);
    t.equal(again.stdout.split("\n")[0], "The branch has all of origin/main already.");
  },
);

await t.test("leaves a conflict as git does, and says how to go on", async (t) => {
  const { clone } = await makeClone(t, { title: "ours" }, { title: "theirs" });
  const foreseen = await cli(clone.dir, ["merge-base", "--fetch", "--dry-run"], off);
  t.equal(foreseen.status, 1);
  t.match(foreseen.stdout, /^origin\/main would conflict in:\n  \.got\/entities\/task\/T-1\.json\n/);
  t.notOk(existsSync(path.join(clone.dir, ".git", "MERGE_HEAD")));
  const run = await cli(clone.dir, ["merge-base"], off);
  t.equal(run.status, 1);
  t.match(run.stdout, /conflict at title[^]*Next: got-hooks resolve/);
  t.ok(existsSync(path.join(clone.dir, ".git", "MERGE_HEAD")));
  const index = await cli(clone.dir, ["explain", "--index", "--json"], off);
  t.match(JSON.parse(index.stdout).data, {
    underWay: "merge",
    commit: null,
    paths: [{ outcome: "conflict", conflicts: [{ at: "title" }], committed: "unknown" }],
  });
  const busy = await cli(clone.dir, ["merge-base"], off);
  t.match(busy.stdout, /origin\/main was not merged: a merge is under way/);
});

await t.test(
  "refuses to merge without the drivers, into changes, or onto no branch; and fast-forwards",
  async (t) => {
    const { clone, server } = await makeClone(t, { points: 2 }, { points: 3 });
    clone.git("fetch", "-q");
    clone.write(file, taskText({ points: 9 }));
    t.match(
      (await cli(clone.dir, ["merge-base"], off)).stdout,
      /changes that are not committed, e\.g\. in \.got/,
    );
    clone.git("checkout", "-q", "--", ".");
    clone.git("checkout", "-q", "--detach");
    t.match((await cli(clone.dir, ["merge-base"], off)).stdout, /HEAD is detached/);
    clone.git("checkout", "-q", "topic");
    const switchedOff = await cli(clone.dir, ["merge-base"], { ...off, GOT_HOOKS_MERGE: "0" });
    t.match(switchedOff.stderr, /GOT_HOOKS_MERGE=0 switches the merge drivers off/);
    const without = await cli(server.dir, ["merge-base", "main"], off);
    t.equal(without.status, 1);
    t.match(without.stderr, /the merge drivers are not in force: got-hooks is not installed here/);
    const unknown = await cli(clone.dir, ["merge-base", "nowhere"], off);
    t.match(unknown.stdout, /there is no nowhere/);
    clone.git("reset", "-q", "--hard", "main");
    const forward = await cli(clone.dir, ["merge-base"], off);
    t.equal(forward.status, 0);
    t.match(forward.stdout, /^origin\/main has all of the branch: fast-forwarded to/);
  },
);

await t.test("says what stopped the commit, and leaves a merge to finish or abort", async (t) => {
  const { clone } = await makeClone(t, { points: 2 }, { points: 3 });
  const hooks = path.join(clone.sandbox.root, "refusing");
  mkdirSync(hooks);
  const refusal = "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n";
  writeFileSync(path.join(hooks, "pre-merge-commit"), refusal, { mode: 0o755 });
  clone.git("config", "core.hooksPath", hooks);
  clone.git("fetch", "-q");
  const run = await cli(clone.dir, ["merge-base"], off);
  t.equal(run.status, 1, run.stderr);
  t.match(run.stdout, /^origin\/main is merged, but not committed: not on a Friday\n/);
  t.match(run.stdout, /Next: put that right and git merge --continue; git merge --abort goes back\.\n$/);
  t.match(JSON.parse(clone.read(file)), { points: 4 });
  clone.git("merge", "--abort");
  t.match(JSON.parse(clone.read(file)), { points: 2 });
});

await t.test("refuses a target without common history, also beforehand", async (t) => {
  const { clone } = await makeClone(t, { points: 2 }, { points: 3 });
  clone.git("checkout", "-q", "--orphan", "alone");
  clone.git("commit", "-q", "-m", "alone");
  clone.git("checkout", "-q", "topic");
  for (const args of [["--dry-run"], []]) {
    const run = await cli(clone.dir, ["merge-base", "alone", ...args], off);
    t.equal(run.status, 1);
    t.match(run.stdout, /^alone was not merged: .*unrelated histories/, run.stderr);
  }
});
