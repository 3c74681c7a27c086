import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { removeLiveWorktree } from "../../../src/doctor/live/live-worktree.ts";
import { type LiveOptions, type LiveProof, proveLive } from "../../../src/doctor/live/prove-live.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { createRealPackage } from "../../support/real-package.ts";
import { runInstall } from "../../support/run-install.ts";
import { createProcessTable } from "../../../src/lock/file/process-identity.ts";
import { waitFor } from "../../support/wait-for.ts";
import { createPatient, named } from "../../support/doctor.ts";
import { createRepository } from "../../support/sandbox.ts";
import { treeState } from "../../support/tree-state.ts";

const patient = createPatient(t, { installed: false, name: "a 'repo'" });
const { repository, sandbox, commonDir } = patient;
runInstall(sandbox, repository.dir, await createRealPackage(sandbox.root));
repository.commit({}, "got-hooks");

const prove = (cwd = repository.dir, more: Partial<LiveOptions> = {}): Promise<LiveProof> =>
  proveLive({
    repository: openRepository(cwd, sandbox.env),
    temporary: sandbox.root,
    onStep: () => {},
    signal: new AbortController().signal,
    ...more,
  });

/** Everything but what is meant to stay: objects that nothing refers to, caches, and what never goes back (clock, epochs of a lock). */
const state = (): Record<string, string> =>
  treeState(sandbox.root, (file) => /\.git\/(objects|got\/(memo|code|clock|locks\/repo))/.test(file));

await t.test("proves a commit and a merge with all hooks, and leaves no trace", async (t) => {
  // Any fold takes along the events of worktrees that were removed: one in a throw-away commit would lose them.
  const removed = patient.addWorktree("removed").dir;
  repository.git("worktree", "remove", "--force", removed);
  const orphan = path.join(commonDir, "got", "spool", "removed.jsonl");
  t.ok(existsSync(orphan));
  mkdirSync(path.join(commonDir, "got", "locks", "repo"), { recursive: true });
  const before = state();
  const linked = patient.addWorktree("linked work\ntree").dir;
  t.match(await prove(linked), { kind: "proved", facts: [/joined two sides/, /recorded/, /gone again/] });
  repository.git("worktree", "remove", "--force", linked);
  const after = state();
  delete after[path.relative(sandbox.root, path.join(commonDir, "got", "spool", "linked-work-tree.jsonl"))];
  t.same(after, before);
  t.ok(existsSync(orphan));
});

await t.test("says which step failed when the driver does not work, and cleans up", async (t) => {
  const before = state();
  const driver = repository.git("config", "merge.got-entity.driver").trim();
  repository.git("config", "merge.got-entity.driver", "false");
  const proof = await prove();
  t.match(proof, { kind: "failed", step: "merging" });
  repository.git("config", "merge.got-entity.driver", driver);
  t.same(Object.keys(state()), Object.keys(before));
});

await t.test("says that nothing was recorded when git does not reach the hooks", async (t) => {
  repository.git("config", "core.hooksPath", "/dev/null");
  t.match(await prove(), { kind: "failed", step: "looking for the events", reason: /git\.commit:/ });
  repository.git("config", "--unset", "core.hooksPath");
});

await t.test("runs the user's own hooks and says what one that refuses has said", async (t) => {
  const before = state();
  const hook = path.join(commonDir, "hooks", "pre-commit.got-chained");
  writeFileSync(hook, "#!/bin/sh\necho not on a Friday >&2\nexit 1\n");
  chmodSync(hook, 0o755);
  t.match(await prove(), { kind: "failed", step: "committing, with all hooks", reason: /not on a Friday/ });
  rmSync(hook);
  t.same(Object.keys(state()), Object.keys(before));
});

await t.test(
  "ends a hook that hangs, when time is up or somebody interrupts, and leaves no trace",
  async (t) => {
    const before = state();
    const hook = path.join(commonDir, "hooks", "pre-commit.got-chained");
    const mark = path.join(sandbox.root, "hanging");
    // It does not heed SIGTERM, and would go on when its git is gone.
    writeFileSync(hook, `#!/bin/sh\ntrap '' TERM\necho $$ > '${mark}'\nwhile :; do sleep 1; done\n`);
    chmodSync(hook, 0o755);
    const ended = async (proof: Promise<LiveProof>, reason: RegExp): Promise<void> => {
      t.match(await proof, { kind: "failed", step: "committing, with all hooks", reason });
      const pid = Number(readFileSync(mark, "utf8"));
      await waitFor("the end of the hook", () => createProcessTable().look(pid).kind === "gone");
      rmSync(mark);
    };
    await ended(prove(repository.dir, { timeoutMs: 5_000 }), /took longer than 5 s/);
    const end = new AbortController();
    const proof = prove(repository.dir, { signal: end.signal });
    await waitFor("the hook", () => existsSync(mark) && readFileSync(mark, "utf8").endsWith("\n"));
    end.abort();
    await ended(proof, /was interrupted/);
    rmSync(hook);
    t.same(Object.keys(state()), Object.keys(before));
  },
);

await t.test("says that there is nothing to begin at in a repository without a commit", async (t) => {
  const empty = createRepository(sandbox, "empty").dir;
  t.match(await prove(empty), { kind: "failed", reason: /no commit yet/ });
});

await t.test("doctor finds, and --fix removes, what a proof that was killed has left", async (t) => {
  const gone = sandbox.run(sandbox.root, "sh", ["-c", "echo $$"]).stdout.trim();
  const name = `got-live-${gone}-0123abcd`;
  const parent = path.join(sandbox.root, "got-hooks-live-Ab3xYz");
  mkdirSync(parent);
  const top = path.join(parent, name);
  repository.git("worktree", "add", "-q", "--detach", top);
  t.ok(readdirSync(path.join(commonDir, "got", "spool")).some((file) => file.startsWith(name)));
  const found = patient.examine().filter(({ id }) => id === "live-proof-left");
  t.same(named(found), [`live-proof-left ${top}`]);
  const { applyRepair } = await import("../../../src/doctor/fix/apply-repair.ts");
  const { openBackup } = await import("../../../src/doctor/fix/backup.ts");
  const repair = found[0]?.repair;
  if (repair === null || repair === undefined) throw new Error("it has no repair");
  const backup = openBackup(commonDir, () => new Date());
  t.same(applyRepair(repair, "live-proof-left", { options: patient.options(), backup }), { kind: "done" });
  t.notOk(existsSync(parent));
  t.notOk(readdirSync(path.join(commonDir, "got", "spool")).some((file) => file.startsWith(name)));
  t.same(
    patient.examine().filter(({ id }) => id === "live-proof-left"),
    [],
  );
});

await t.test("takes no worktree of a person's for one, and removes nothing beside one", async (t) => {
  const gone = sandbox.run(sandbox.root, "sh", ["-c", "echo $$"]).stdout.trim();
  const name = `got-live-${gone}-0123abcd`;
  const projects = path.join(sandbox.root, "projects");
  const parent = path.join(sandbox.root, "got-hooks-live-Cd4xYz");
  for (const directory of [projects, parent]) mkdirSync(directory);
  const alike = path.join(projects, name);
  repository.git("worktree", "add", "-q", "--detach", alike);
  t.same(named(patient.examine().filter(({ id }) => id === "live-proof-left")), []);
  repository.git("worktree", "remove", "--force", alike);

  repository.git("worktree", "add", "-q", "--detach", path.join(parent, name));
  writeFileSync(path.join(parent, "precious"), "");
  removeLiveWorktree(openRepository(repository.dir, sandbox.env), { parent, name });
  t.same(readdirSync(parent), ["precious"]);
});
