import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t from "tap";
import type { Finding } from "../../../src/doctor/finding.ts";
import { formatRecord } from "../../../src/lock/file/holder-record.ts";
import { createProcessTable } from "../../../src/lock/file/process-identity.ts";
import { createPatient, named, type Patient } from "../../support/doctor.ts";
import { waitFor } from "../../support/wait-for.ts";

const processes = createProcessTable();

/** A lock's record in the name of a process, as that process would have written it. */
const writeLock = (patient: Patient, resource: string, name: string, pid: number): string => {
  const directory = path.join(patient.commonDir, "got", "locks", resource);
  mkdirSync(directory, { recursive: true });
  const nothing = { agent: undefined, session: undefined, mode: undefined, leaseMs: undefined };
  const record = {
    ...processes.identify(pid),
    since: "2026-01-01T00:00:00.000Z",
    what: "a trial",
    ...nothing,
  };
  writeFileSync(path.join(directory, name), formatRecord(record));
  return path.join(directory, name);
};

const old = (file: string, content = ""): string => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  const time = new Date(Date.now() - 10 * 60_000);
  utimesSync(file, time, time);
  return file;
};

await t.test(
  "finds locks of dead holders with the proof, stopped and torn ones, and no living ones",
  async (t) => {
    const patient = createPatient(t);
    const child = spawn("cat");
    const pid = child.pid ?? 0;
    const held = writeLock(patient, "repo", "1.h", pid);
    const member = writeLock(patient, "entity%2Ftask", "m.s.1.2", pid);
    t.same(named(patient.examine()), [], "a living holder is none of our business");
    child.kill("SIGSTOP");
    await waitFor("the stop", () => {
      const fact = processes.look(pid);
      return fact.kind === "present" && fact.state === "T";
    });
    const [stopped] = patient.examine().filter(({ where }) => where === held);
    t.equal(stopped?.id, "lock-stopped");
    t.equal(stopped?.command, `kill -CONT ${pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    const torn = writeLock(patient, "torn", "3.h", process.pid);
    writeFileSync(torn, "got-lock 1\npid");
    const findings = patient.examine();
    t.same(named(findings), [`lock-stale ${member}`, `lock-stale ${held}`, `lock-unjudged ${torn}`]);
    t.match(findings[1]?.observed, `process ${pid} on `);
    t.match(findings[1]?.observed, "which is dead: the kernel knows no such process");
    t.match(findings[2]?.command, /lock break torn --reason/);
  },
);

await t.test(
  "finds git's lock files that nobody can be holding, and leaves those that somebody may",
  async (t) => {
    const patient = createPatient(t);
    const linked = patient.addWorktree("linked 'x'");
    const linkedDir = linked.git("rev-parse", "--path-format=absolute", "--git-dir").trim();
    const left = [
      old(path.join(patient.commonDir, "index.lock")),
      old(path.join(linkedDir, "index.lock")),
      old(path.join(linkedDir, "HEAD.lock")),
      old(path.join(patient.commonDir, "config.lock")),
      old(path.join(patient.commonDir, "refs", "heads", "deep", "topic.lock")),
    ];
    t.same(
      named(patient.examine()),
      left.map((file) => `git-lock-left ${file}`),
    );

    const git = spawn("git", ["cat-file", "--batch"], { cwd: linked.dir, env: patient.sandbox.env });
    await once(git, "spawn");
    t.same(named(patient.examine()), [], "a git works in one of the worktrees");
    git.stdin.end();
    await once(git, "exit");
    t.equal(patient.examine().length, left.length);

    const holder = spawn("sh", ["-c", `exec 3<"$1"; echo; cat`, "sh", left[0] ?? ""]);
    await once(holder.stdout, "data");
    t.same(
      named(patient.examine()),
      left.slice(1).map((file) => `git-lock-left ${file}`),
      "another program has it open",
    );
    holder.kill();
    await once(holder, "exit");

    const relative = path.join(path.basename(patient.repository.dir), ".git");
    const outside = spawn("git", [`--git-dir=${relative}`, "cat-file", "--batch"], {
      cwd: patient.sandbox.root,
      env: patient.sandbox.env,
    });
    await once(outside, "spawn");
    t.same(named(patient.examine()), [], "a git that works here from outside");
    outside.stdin.end();
    await once(outside, "exit");

    for (const file of left) rmSync(file);
    old(path.join(patient.sandbox.root, "project", "poetry.lock"));
    symlinkSync(
      path.join(patient.sandbox.root, "project"),
      path.join(patient.commonDir, "refs", "heads", "out"),
    );
    t.same(named(patient.examine()), [], "what a symbolic link leads to is not git's");
    rmSync(path.join(patient.commonDir, "refs", "heads", "out"));
    writeFileSync(path.join(patient.commonDir, "index.lock"), "");
    t.same(named(patient.examine()), [], "a young one");
  },
);

await t.test("finds an index.lock of the entity store when nobody holds the store's lock", async (t) => {
  const patient = createPatient(t);
  const file = path.join(patient.commonDir, "index.lock");
  writeFileSync(file, "got-hooks store\n");
  const [found] = patient.examine();
  t.equal(found?.where, file);
  t.match(found?.observed, "the entity store made it");
  writeLock(patient, "store", "1.h", process.pid);
  t.same(named(patient.examine()), []);
});

await t.test("finds directories of ours that are something else", async (t) => {
  const patient = createPatient(t);
  const locks = path.join(patient.commonDir, "got", "locks");
  rmSync(locks, { recursive: true, force: true });
  symlinkSync(patient.sandbox.root, locks);
  const spool = path.join(patient.commonDir, "got", "spool");
  rmSync(spool, { recursive: true, force: true });
  writeFileSync(spool, "");
  t.same(named(patient.examine()), [
    `directory-unusable ${locks}`,
    `directory-unusable ${spool}`,
    // The events and the spool.
    `check-failed ${patient.commonDir}`,
    `check-failed ${patient.commonDir}`,
  ]);
});

await t.test(
  "finds directories that may not be written, and goes on when a file may not be read",
  { skip: process.getuid?.() === 0 && !existsSync("/usr/bin/setpriv") && "root may do everything" },
  async (t) => {
    const patient = createPatient(t);
    const got = path.join(patient.commonDir, "got");
    const metrics = path.join(got, "metrics");
    mkdirSync(metrics, { recursive: true });
    chmodSync(metrics, 0o500);
    const spool = path.join(got, "spool", "main.jsonl");
    mkdirSync(path.dirname(spool), { recursive: true });
    writeFileSync(spool, "{}\n", { mode: 0 });
    const source = (file: string): string =>
      JSON.stringify(new URL(`../../../src/doctor/${file}`, import.meta.url).href);
    const script = `
      import { openSubject } from ${source("subject.ts")};
      import { runDoctor } from ${source("run-doctor.ts")};
      const options = { ...JSON.parse(process.argv[1]), now: () => new Date() };
      console.log(JSON.stringify(runDoctor(openSubject(options))));
    `;
    const node = ["--import=tsx", "--input-type=module", "--eval", script, "--"];
    const command = [process.execPath, ...node, JSON.stringify(patient.options())];
    // Root, but without what lets root write everywhere.
    if (process.getuid?.() === 0) command.unshift("setpriv", "--bounding-set=-dac_override,-dac_read_search");
    const [program = "", ...args] = command;
    const done = spawnSync(program, args, {
      encoding: "utf8",
      env: { ...process.env, ...patient.sandbox.env },
    });
    t.equal(done.status, 0, done.stderr);
    const findings = JSON.parse(done.stdout) as Finding[];
    t.ok(named(findings).includes(`directory-unusable ${metrics}`));
    t.match(
      findings.find(({ id }) => id === "check-failed"),
      { observed: /the check of the spool could not be made: .*EACCES/ },
    );
  },
);

await t.test("finds an identity that a test has overwritten, once, and one that is missing", async (t) => {
  const patient = createPatient(t);
  patient.addWorktree("linked");
  const { repository } = patient;
  repository.git("config", "--global", "user.name", "Ada Lovelace");
  repository.git("config", "--global", "user.email", "ada@analytical.engine");
  t.same(named(patient.examine()), []);
  repository.git("config", "user.email", "ada@work.place");
  t.same(named(patient.examine()), [], "one that people have on purpose");
  repository.git("config", "user.email", "test@example.com");
  repository.git("config", "user.name", "Test User");
  const findings = patient.examine();
  t.same(named(findings), [
    `identity-overwritten ${repository.dir}`,
    `identity-overwritten ${repository.dir}`,
  ]);
  t.match(findings[1]?.observed, 'user.email is "test@example.com" (local configuration');
  t.same(
    findings.map(({ repair }) => repair?.kind),
    ["setting", "setting"],
  );
  for (const key of ["user.name", "user.email"]) repository.git("config", "--unset", key);
  const shared = path.join(patient.sandbox.root, "shared.gitconfig");
  writeFileSync(shared, "[user]\n\tname = Test User\n");
  repository.git("config", "include.path", shared);
  const [included, ...others] = patient.examine();
  t.match(included, { id: "identity-overwritten", repair: null }, "a file of more than this repository");
  t.same(others, []);
  repository.git("config", "--unset", "include.path");
  for (const key of ["user.name", "user.email"]) repository.git("config", "--global", "--unset", key);
  const nobody = { GIT_COMMITTER_NAME: undefined, GIT_COMMITTER_EMAIL: undefined };
  t.same(
    patient.examine({ env: nobody }).map(({ id }) => id),
    ["identity-missing"],
  );
});

await t.test("finds a backup that lint-staged has left, and none that may be in use", async (t) => {
  const patient = createPatient(t);
  const { repository, sandbox } = patient;
  repository.write("readme.txt", "changed\n");
  const made = { GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z" };
  const oid = sandbox.run(repository.dir, "git", ["stash", "create"], { env: made }).stdout.trim();
  repository.git("stash", "store", "-m", "lint-staged automatic backup (1a2b3c)", oid);
  repository.git("stash", "push", "-q", "-m", "my own");
  const [found, ...others] = patient.examine();
  t.equal(found?.id, "stash-left");
  t.match(found?.observed, /^stash@\{1\} is lint-staged's automatic backup of 2026-01-01T00:00:00/);
  t.same(others, []);
  t.same(named(patient.examine({ now: new Date("2026-01-01T00:10:00Z") })), []);
});

await t.test("finds worktrees whose directories are gone, locked ones apart", async (t) => {
  const patient = createPatient(t);
  const gone = patient.addWorktree("gone").dir;
  const locked = patient.addWorktree("locked\nout").dir;
  patient.repository.git("worktree", "lock", "--reason", "on a disk", locked);
  rmSync(gone, { recursive: true });
  renameSync(locked, path.join(patient.sandbox.root, "elsewhere"));
  const findings = patient.examine();
  t.same(named(findings), [`worktree-gone ${gone}`, `worktree-locked-gone ${locked}`]);
  t.match(findings[1]?.observed, 'locked ("on a disk")');
  const done = patient.sandbox.run(patient.sandbox.root, "sh", ["-c", findings[1]?.command ?? "false"]);
  t.equal(done.status, 0, done.stderr);
  t.same(named(patient.examine()), []);
});
