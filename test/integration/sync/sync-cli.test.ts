import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { allEvents, type HookEvent, installHooks, spooledEvents } from "../../support/install-hooks.ts";
import { cli } from "../../support/run-cli.ts";
import {
  createRepository,
  createSandbox,
  openRepository,
  type Repository,
  type Sandbox,
} from "../../support/sandbox.ts";

interface Synced {
  readonly added: readonly HookEvent[];
  readonly adopted: readonly { name: string; reason: string }[];
}

await t.test("after hooks that saw everything there is nothing to add", async (t) => {
  const repository = create(t);
  actEveryWay(repository);
  const before = allEvents(repository);
  t.ok(before.length > 30);
  t.same(await sync(t, repository), { added: [], adopted: [] });
  t.same(allEvents(repository), before);
});

await t.test(
  "without hooks it finds the commits and merges that hooks would have recorded, once",
  async (t) => {
    // Not tracked: folded events would make the commits different.
    const seen = create(t, {}, false);
    actEveryWay(seen);
    const unseen = create(t, { GOT_HOOKS: "0" }, false);
    actEveryWay(unseen);
    t.equal(unseen.git("rev-parse", "HEAD"), seen.git("rev-parse", "HEAD"), "the same was done in both");
    t.same(allEvents(unseen), []);
    const dry = await sync(t, unseen, "--dry-run");
    t.same(allEvents(unseen), []);
    const { added } = await sync(t, unseen);
    t.same(added, dry.added);
    t.same(commitIds(added), commitIds(allEvents(seen)));
    // Which commits became which is in no reflog: squashed and reworded ones are not found again.
    const [found, recorded] = [pairs(added), pairs(allEvents(seen))];
    t.ok(found.length >= 6);
    t.same(
      found.filter((pair) => !recorded.includes(pair)),
      [],
      "nothing is made up",
    );
    t.ok(added.every(({ source, session }) => source === "sync" && session === "sync"));
    t.same(
      spooledEvents(unseen)
        .map(({ id }) => id)
        .toSorted(),
      added.map(({ id }) => id).toSorted(),
    );
    t.equal(unseen.git("status", "--porcelain", "--untracked-files=no"), "", "no work tree is touched");
    t.same((await sync(t, unseen)).added, []);
    const byId = new Map(allEvents(seen).map((event) => [event.id, event]));
    for (const event of added) {
      const hook = byId.get(event.id);
      if (hook === undefined || event.event === "git.rewrite" || event["during"] === "rebase") continue;
      for (const member of ["worktree", "branch", "kind", "during", "concluded"])
        t.same(event[member], hook[member], `${member} of ${event.id}`);
    }
  },
);

await t.test(
  "what was committed while hooks were off is added beside what they recorded, and shown by log",
  async (t) => {
    const repository = create(t);
    repository.commit({ a: "1" }, "seen");
    const off = { GOT_HOOKS: "0" };
    const hidden = repository.sandbox.run(
      repository.dir,
      "git",
      ["commit", "-qm", "hidden", "--allow-empty"],
      { env: off },
    );
    t.equal(hidden.status, 0);
    const [old] = repository.git("rev-parse", "HEAD").split("\n");
    repository.sandbox.run(
      repository.dir,
      "git",
      ["commit", "-q", "--amend", "-m", "better", "--allow-empty"],
      { env: { ...off, GIT_COMMITTER_NAME: "Bob" } },
    );
    const plumbed = repository.git("commit-tree", "-m", "by plumbing", "-p", "HEAD", "HEAD^{tree}").trim();
    repository.git("update-ref", "refs/heads/main", plumbed);
    const { added } = await sync(t, repository);
    const amended = repository.git("rev-parse", "HEAD~1").trim();
    t.same(
      added.map(({ id }) => id).toSorted(),
      [
        `git.commit:${old}`,
        `git.commit:${amended}`,
        `git.commit:${plumbed}`,
        `git.rewrite:${old}:${amended}`,
      ].toSorted(),
    );
    t.equal(added.find(({ commit }) => commit === amended)?.agent, "Bob");
    const shown = await cli(repository.dir, ["log"]);
    t.match(
      shown.stdout,
      `committed ${old?.slice(0, 7)} on main (found by sync) (rewritten to ${amended.slice(0, 7)})`,
    );
    repository.commit({ b: "2" }, "takes them along");
    t.same(
      spooledEvents(repository).map(({ event }) => event),
      ["git.commit"],
    );
    t.same(await sync(t, repository), { added: [], adopted: [] });
  },
);

await t.test("events that only a branch has committed are known", async (t) => {
  const repository = create(t);
  repository.commit({ a: "1" }, "first");
  repository.git("switch", "-q", "-c", "topic");
  repository.commit({ b: "2" }, "takes the first along");
  repository.commit({ c: "3" }, "takes the second along");
  repository.git("switch", "-q", "main");
  rmSync(path.join(repository.dir, ".git", "got", "spool"), { recursive: true });
  const { added } = await sync(t, repository);
  t.same(
    added.map(({ commit }) => commit),
    [repository.git("rev-parse", "topic").trim()],
    "only the last is nowhere",
  );
});

await t.test(
  "a worktree that was removed is remembered by its branch, one that is gone by git",
  async (t) => {
    const repository = create(t);
    repository.commit({ a: "1" }, "first");
    const [removed, gone] = ["removed", "gone"].map((name) => linked(repository, name));
    const oids = [removed, gone].map((worktree) => worktree?.commit({ b: worktree.dir }, "there"));
    rmSync(path.join(repository.dir, ".git", "got", "spool"), { recursive: true });
    repository.git("worktree", "remove", "--force", removed?.dir ?? "");
    rmSync(gone?.dir ?? "", { recursive: true });
    const { added } = await sync(t, repository);
    const byCommit = new Map(added.map((event) => [event.commit, event]));
    t.match(byCommit.get(oids[0]), { branch: "removed" });
    t.notOk(Object.hasOwn(byCommit.get(oids[0]) ?? {}, "worktree"));
    t.match(byCommit.get(oids[1]), { branch: "gone", worktree: "gone" });
  },
);

await t.test("what waits for a commit that won't come is taken along by the next one", async (t) => {
  const repository = create(t);
  repository.commit({ a: "1" }, "first");
  const gone = linked(repository, "gone");
  const oid = gone.commit({ b: "2" }, "there");
  rmSync(gone.dir, { recursive: true });
  const spool = path.join(repository.dir, ".git", "got", "spool");
  renameSync(path.join(spool, "main.jsonl"), path.join(spool, "main.jsonl.1"));
  const dry = await sync(t, repository, "--dry-run");
  t.same(dry.adopted, [
    { name: "gone.jsonl", reason: "worktree gone" },
    { name: "main.jsonl.1", reason: "rotated" },
  ]);
  t.ok(existsSync(path.join(spool, "gone.jsonl")));
  t.same((await sync(t, repository)).adopted, dry.adopted);
  repository.commit({ c: "3" }, "takes them along");
  t.same(readdirSync(spool), ["main.jsonl"]);
  t.ok(allEvents(repository).some(({ commit }) => commit === oid));
  t.same(await sync(t, repository), { added: [], adopted: [] });
});

await t.test(
  "an unborn branch, a bare repository, a shallow clone and missing objects are no obstacle",
  async (t) => {
    const repository = create(t);
    t.same(await sync(t, repository), { added: [], adopted: [] });
    repository.commit({ a: "1" }, "one");
    repository.commit({ a: "2" }, "two");
    const { sandbox } = repository;
    const bare = createRepository(sandbox, "bare", ["--bare"]);
    t.same(await sync(t, bare), { added: [], adopted: [] });
    repository.git("push", "-q", bare.dir, "main");
    t.same(await sync(t, bare), { added: [], adopted: [] });
    sandbox.run(sandbox.root, "git", ["clone", "-q", "--depth=1", `file://${repository.dir}`, "shallow"]);
    const shallow = openRepository(sandbox, path.join(sandbox.root, "shallow"));
    t.same(await sync(t, shallow), { added: [], adopted: [] }, "what was cloned was made elsewhere");
    const oid = shallow.commit({ b: "b" }, "here");
    t.match((await sync(t, shallow)).added, [{ commit: oid }]);
    const lost = shallow.commit({ c: "c" }, "to be lost");
    shallow.git("reset", "-q", "--hard", "HEAD~1");
    rmSync(path.join(shallow.dir, ".git", "objects", lost.slice(0, 2), lost.slice(2)));
    t.same(await sync(t, shallow), { added: [], adopted: [] });
    t.match((await cli(sandbox.root, ["sync"])).stderr, "not in a git repository");
  },
);

await t.test("messages and names of every kind", async (t) => {
  const repository = create(t, { GOT_HOOKS: "0", GIT_COMMITTER_NAME: "Zoë\u0007 \u{1F600}" });
  repository.commit({ a: "1" }, "one\n\ntwo");
  repository.git("switch", "-q", "-c", "ä/b@{x".replace("@{", "@"));
  repository.commit({ a: "2" }, "rebase (finish): returning to refs/heads/x");
  repository.git("config", "log.showSignature", "true");
  repository.git("config", "color.ui", "always");
  repository.git("config", "i18n.logOutputEncoding", "latin1");
  const { added } = await sync(t, repository);
  t.match(added, [{ branch: "main" }, { branch: "ä/b@x" }]);
  t.match(added[0]?.agent, /^(?:Zoë.*|unknown)$/);
});

/** Whatever makes or rewrites commits, with fixed dates, so that the same commits come out each time. */
function actEveryWay(repository: Repository): void {
  let second = 0;
  const git = (where: Repository, ...words: string[]): void => {
    second += 1;
    const date = `${1_800_000_000 - 100_000_000 + second} +0000`;
    const env = {
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
      GIT_SEQUENCE_EDITOR: "sed -i -e 2s/pick/squash/",
    };
    const run = where.sandbox.run(where.dir, "git", words, { env });
    if (run.status !== 0) throw new Error(`git ${words.join(" ")}: ${run.stderr}`);
  };
  const commit = (where: Repository, file: string, content = file): void => {
    where.write(file, content);
    // Not what the hooks track: that is different each time.
    git(where, "add", file);
    git(where, "commit", "-qm", `${file} ${content}`);
  };
  for (const file of ["a", "b", "c"]) commit(repository, file);
  const topic = linked(repository, "topic");
  for (const file of ["t1", "t2", "t3"]) commit(topic, file);
  git(topic, "commit", "-q", "--amend", "-m", "t3, better");
  commit(repository, "d");
  git(topic, "rebase", "-q", "main");
  git(topic, "rebase", "-q", "--apply", "--force-rebase", "HEAD~2");
  git(topic, "rebase", "-q", "-i", "--force-rebase", "HEAD~3");
  commit(repository, "e");
  git(repository, "merge", "-q", "--no-ff", "-m", "merge topic", "topic");
  git(repository, "reset", "-q", "--hard", "HEAD~1");
  git(repository, "merge", "-q", "--no-ff", "--no-commit", "topic");
  git(repository, "commit", "-qm", "concluded");
  commit(topic, "t4");
  git(repository, "cherry-pick", "topic");
  git(repository, "revert", "--no-edit", "HEAD");
  git(repository, "switch", "-q", "-c", "side", "HEAD~2");
  commit(repository, "f");
  git(repository, "switch", "-q", "main");
  git(repository, "merge", "-q", "side", "-m", "merge side");
  git(repository, "switch", "-q", "side");
  git(repository, "merge", "-q", "main");
  const patch = repository.git("format-patch", "-1", "--stdout", "topic");
  repository.write("../patch", patch);
  git(repository, "switch", "-q", "-c", "patched", "HEAD~5");
  git(repository, "am", "-q", path.join(repository.sandbox.root, "patch"));
  git(repository, "checkout", "-q", "--detach");
  commit(repository, "g");
  commit(repository, "h");
  git(repository, "rebase", "-q", "--onto", "main", "HEAD~2");
  commit(repository, "i");
  git(repository, "rebase", "-q", "--rebase-merges", "--force-rebase", "HEAD~2");
  // What only unreachable commits have recorded would be missing.
  git(repository, "branch", "kept");
  git(repository, "switch", "-q", "main");
}

function create(t: Test, env: Record<string, string> = {}, track = true): Repository {
  const sandbox: Sandbox = createSandbox(env);
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  installHooks(repository, { track });
  return repository;
}

function linked(repository: Repository, name: string): Repository {
  const dir = path.join(repository.sandbox.root, name);
  repository.git("worktree", "add", "-q", "-b", name, dir);
  return openRepository(repository.sandbox, dir);
}

async function sync(t: Test, repository: Repository, ...words: string[]): Promise<Synced> {
  const run = await cli(repository.dir, ["sync", "--json", ...words]);
  t.equal(run.status, 0, run.stderr);
  t.equal(run.stderr, "");
  const { added, adopted } = JSON.parse(run.stdout).data;
  return { added, adopted };
}

function commitIds(events: readonly HookEvent[]): string[] {
  return events.flatMap(({ id }) => (/^git\.(?:commit|merge):[0-9a-f]{40}$/.test(id) ? [id] : [])).toSorted();
}

function pairs(events: readonly HookEvent[]): string[] {
  return events.flatMap(({ event, commits }) =>
    event === "git.rewrite" && Array.isArray(commits) ? commits.map((pair) => String(pair)) : [],
  );
}
