import { chmodSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createPatient, named } from "../../support/doctor.ts";
import { createRepository } from "../../support/sandbox.ts";

await t.test("finds nothing in a sound repository, whatever its worktrees are called", async (t) => {
  const patient = createPatient(t, { name: "a 'repo'\nof -mine" });
  patient.addWorktree("linked work\ntree 'x' -y");
  patient.addWorktree("main");
  t.same(named(patient.examine()), []);
});

await t.test("says that got-hooks is not installed", async (t) => {
  const patient = createPatient(t, { installed: false });
  const [found, ...others] = patient.examine();
  t.equal(found?.id, "not-installed");
  t.equal(found?.command, `got-hooks -C ${patient.repository.dir} install`);
  t.same(others, []);
});

await t.test("works in a bare repository", async (t) => {
  const patient = createPatient(t);
  const bare = createRepository(patient.sandbox, "bare.git", ["--bare"]);
  t.same(named(patient.examine({ cwd: bare.dir })), [`not-installed ${bare.dir}`]);
});

await t.test("finds a hook that git ignores because it is not executable", async (t) => {
  const patient = createPatient(t);
  chmodSync(path.join(patient.commonDir, "hooks", "pre-commit"), 0o644);
  const [found] = patient.examine();
  t.equal(found?.id, "hooks-unreachable");
  t.match(found?.observed, /^pre-commit: .* is not executable/);
  t.match(found?.observed, /core\.hooksPath is not set/);
});

await t.test("finds core.hooksPath set for one worktree alone, and says in which file", async (t) => {
  const patient = createPatient(t);
  const linked = patient.addWorktree("linked");
  patient.repository.git("config", "extensions.worktreeConfig", "true");
  linked.git("config", "--worktree", "core.hooksPath", "no-hooks-here");
  const findings = patient.examine();
  t.same(named(findings), [`hooks-unreachable ${linked.dir}`]);
  const file = path.join(patient.commonDir, "worktrees", "linked", "config.worktree");
  t.match(findings[0]?.observed, `core.hooksPath is no-hooks-here, by the worktree configuration, ${file}`);
  t.same(named(patient.examine({ cwd: linked.dir })), named(findings), "the same from within it");
});

await t.test("finds /dev/null as core.hooksPath; its command mends it", async (t) => {
  const patient = createPatient(t);
  const linked = patient.addWorktree("linked work'tree");
  patient.repository.git("config", "core.hooksPath", "/dev/null");
  const findings = patient.examine();
  t.same(named(findings), [`hooks-switched-off ${patient.repository.dir}`]);
  t.match(findings[0]?.observed, `; the same in ${linked.dir}`);
  t.match(findings[0]?.observed, `local configuration, ${path.join(patient.commonDir, "config")}`);
  t.equal(findings[0]?.repair, null, "somebody may have meant it");
  const done = patient.sandbox.run(patient.sandbox.root, "sh", ["-c", findings[0]?.command ?? "false"]);
  t.equal(done.status, 0, done.stderr);
  t.same(named(patient.examine()), []);
});

await t.test("finds /dev/null in the global configuration", async (t) => {
  const patient = createPatient(t);
  patient.repository.git("config", "--global", "core.hooksPath", "/dev/null");
  const [found] = patient.examine();
  t.equal(found?.id, "hooks-switched-off");
  t.match(found?.observed, `global configuration, ${path.join(patient.sandbox.root, ".gitconfig")}`);
});

await t.test("finds core.bare after a test's git init with a leaked GIT_DIR", async (t) => {
  const patient = createPatient(t);
  const linked = patient.addWorktree("linked");
  const elsewhere = createRepository(patient.sandbox, "elsewhere").dir;
  const gitDir = path.join(patient.commonDir, "worktrees", "linked");
  patient.sandbox.run(elsewhere, "git", ["init", "-q"], { env: { GIT_DIR: gitDir } });
  t.match(readFileSync(path.join(patient.commonDir, "config"), "utf8"), /bare = true/, "the accident");
  for (const cwd of [patient.repository.dir, linked.dir]) {
    t.same(named(patient.examine({ cwd })), [`core-bare ${patient.repository.dir}`]);
  }
  for (const name of patient.repository.git("--work-tree=.", "ls-files").trim().split("\n"))
    rmSync(path.join(patient.repository.dir, name));
  const ids = patient.examine({ cwd: linked.dir }).map(({ id }) => id);
  t.notOk(ids.includes("core-bare"), "made bare on purpose, for linked worktrees only");
});

await t.test("takes a bare repository in a folder named .git for what it is", async (t) => {
  const patient = createPatient(t);
  const bare = path.join(patient.sandbox.root, "project", ".git");
  patient.repository.git("clone", "-q", "--bare", patient.repository.dir, bare);
  const done = patient.sandbox.run(bare, "git", ["worktree", "add", "-q", "../main"]);
  t.equal(done.status, 0, done.stderr);
  t.same(named(patient.examine({ cwd: path.join(bare, "..", "main") })), [`not-installed ${bare}`]);
});
