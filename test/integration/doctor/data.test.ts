import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t from "tap";
import { runFix } from "../../../src/doctor/fix/run-fix.ts";
import { createProcessTable } from "../../../src/lock/file/process-identity.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { decodeFrame } from "../../../src/store/wal-record.ts";
import { createPatient, named, type Patient } from "../../support/doctor.ts";
import { openRepository } from "../../support/sandbox.ts";

const event = (id: string, more: Record<string, unknown> = {}): string => {
  const head = { id, ts: new Date().toISOString(), session: "s", agent: "ada", event: "git.commit" };
  return `${JSON.stringify({ ...head, ...more })}\n`;
};

const spool = (patient: Patient, name: string, content: string): string => {
  const directory = path.join(patient.commonDir, "got", "spool");
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, name), content);
  return path.join(directory, name);
};

await t.test("finds broken data in every worktree, a finding for each file", async (t) => {
  const patient = createPatient(t);
  const linked = patient.addWorktree("linked");
  const at = (file: string): string => path.join(linked.dir, ".got", file);
  linked.write(".got/config.json", '{ "version": 99 }');
  linked.write(".got/entities/task/T-1.json", '{\n<<<<<<< ours\n"id": 1\n=======\n>>>>>>> theirs\n}\n');
  linked.write(
    ".got/entities/task/T-2.json",
    '{ "id": "T-2", "type": "task", "version": 1, "checksum": "no" }\n',
  );
  linked.write(".got/events/a.jsonl", event("1") + '{"id": torn\n{"id":\n');
  linked.write("secret", "");
  symlinkSync("../../../secret", at("entities/task/T-3.json"));
  symlinkSync("../../secret", at("events/b.jsonl"));
  const findings = patient.examine();
  t.same(
    named(findings).toSorted(),
    [
      `config-invalid ${at("config.json")}`,
      `data-broken ${at("entities/task/T-1.json")}`,
      `data-broken ${at("entities/task/T-2.json")}`,
      `data-broken ${at("entities/task/T-3.json")}`,
      `events-broken ${at("events/a.jsonl")}`,
      `events-broken ${at("events/b.jsonl")}`,
    ].toSorted(),
  );
  const observed = (file: string): string | undefined =>
    findings.find(({ where }) => where === at(file))?.observed;
  t.match(observed("entities/task/T-1.json"), /^line 2: a conflict marker/);
  t.match(observed("entities/task/T-2.json"), /checksum/);
  t.match(observed("events/a.jsonl"), /^line 2: .* \(and 1 more\)/);
});

await t.test("finds a folder of data that is a symbolic link", async (t) => {
  const patient = createPatient(t);
  const got = path.join(patient.repository.dir, ".got");
  renameSync(got, path.join(patient.sandbox.root, "elsewhere"));
  symlinkSync("../elsewhere", got);
  t.ok(patient.examine().some(({ severity }) => severity === "problem"));
});

await t.test("finds transactions that are not in the files, and what the store keeps aside", async (t) => {
  const patient = createPatient(t);
  const workTree = patient.repository.dir;
  const gitDir = patient.commonDir;
  const options = { workTree, gitDir, commonDir: gitDir, agent: "ada" };
  const store = await openStore(options);
  await store.transaction(async (transaction) => {
    await transaction.put({ id: "T-1", type: "task" });
  });
  await store.close();
  t.same(named(patient.examine()), []);
  // What a kill right after the record leaves: the log without its notes that the files are written.
  const wal = path.join(gitDir, "got", "wal");
  const segment = path.join(wal, readdirSync(wal).find((name) => name.endsWith(".wal")) ?? "");
  const bytes = readFileSync(segment);
  let end = 0;
  for (let found = decodeFrame(bytes, 0); found !== null; found = decodeFrame(bytes, found.next)) {
    if (found.frame.k === "tx") end = found.next;
  }
  t.ok(end > 0 && end < bytes.length);
  writeFileSync(segment, bytes.subarray(0, end));
  t.same(named(patient.examine()), [`store-pending ${workTree}`]);
  await (await openStore(options)).close();
  t.same(named(patient.examine()), []);

  const kept = path.join(gitDir, "got", "kept", "task", "T-1.1.json");
  mkdirSync(path.dirname(kept), { recursive: true });
  writeFileSync(kept, "{}");
  t.same(named(patient.examine()), [`store-leftover ${kept}`]);
});

await t.test("finds events of commits that are out of reach, unless a rewrite is recorded", async (t) => {
  const patient = createPatient(t);
  const { repository } = patient;
  const first = repository.git("rev-parse", "HEAD").trim();
  const dropped = repository.commit({ "a.txt": "1" });
  repository.git("reset", "-q", "--hard", first);
  const gone = "1234567890".repeat(4);
  const log = path.join(repository.dir, ".got", "events", "s.jsonl");
  repository.write(".got/events/s.jsonl", event("1", { commit: first }) + event("2", { commit: dropped }));
  appendFileSync(log, event("3", { commit: gone }));
  const [found, ...others] = patient.examine();
  t.equal(found?.id, "events-unreachable");
  t.match(
    found?.observed,
    `events name 2 commits that no reference leads to, 1 of them gone: ${gone}, ${dropped}`,
  );
  t.same(others, []);
  const commits = [
    [dropped, first],
    [gone, first],
  ];
  appendFileSync(log, event("4", { event: "git.rewrite", kind: "rebase", commits }));
  t.same(named(patient.examine()), []);

  const shallow = path.join(patient.sandbox.root, "shallow");
  repository.commit({});
  repository.git("clone", "-q", "--depth", "1", `file://${repository.dir}`, shallow);
  openRepository(patient.sandbox, shallow).write(".got/events/t.jsonl", event("5", { commit: gone }));
  t.same(named(patient.examine({ cwd: shallow })), [`not-installed ${shallow}/.git`]);
});

await t.test("finds a spool that is too long or too old, orphaned, stranded or torn", async (t) => {
  const patient = createPatient(t);
  patient.addWorktree("busy");
  const gone = patient.addWorktree("gone");
  const at = (name: string): string => path.join(patient.commonDir, "got", "spool", name);
  spool(patient, "main.jsonl", event("1"));
  t.same(named(patient.examine()), [], "waiting is as it should be");
  const later = new Date(Date.now() + 8 * 24 * 60 * 60 * 1000);
  t.same(named(patient.examine({ now: later })), [`spool-backlog ${at("main")}`], "too old");
  spool(patient, "busy.jsonl", Array.from({ length: 1001 }, (_, index) => event(`b${index}`)).join(""));
  spool(patient, "removed.jsonl", event("2"));
  const rotated = spool(patient, "main.jsonl.1", event("3"));
  const stranded = spool(patient, "gone.jsonl", event("4"));
  const torn = spool(patient, "torn.jsonl", '{"id":"5","t\n');
  rmSync(gone.dir, { recursive: true });
  t.same(named(patient.examine()).toSorted(), [
    `spool-backlog ${at("busy")}`,
    `spool-orphan ${at("removed")}`,
    `spool-stranded ${stranded}`,
    `spool-stranded ${rotated}`,
    `spool-torn ${torn}`,
    `worktree-gone ${gone.dir}`,
  ]);
  const report = await runFix(patient.options(), () => {});
  t.same(named(report.findings).toSorted(), [
    `spool-backlog ${at("busy")}`,
    `spool-orphan ${at("removed")}`,
    `worktree-gone ${gone.dir}`,
  ]);
});

await t.test("finds a fold whose git was killed, and none while it is at work", async (t) => {
  const patient = createPatient(t);
  const fold = path.join(patient.commonDir, "got", "fold");
  mkdirSync(fold, { recursive: true });
  const git = spawn("git", ["cat-file", "--batch"], { cwd: patient.repository.dir });
  await once(git, "spawn");
  const { pid, start, boot } = createProcessTable().identify(git.pid);
  writeFileSync(path.join(fold, "state"), `${pid} ${start}\n${boot}\nfolded\n`);
  writeFileSync(path.join(fold, "log"), ".got/events/s.1.jsonl\n");
  t.same(named(patient.examine()), []);
  git.kill("SIGKILL");
  await once(git, "exit");
  t.same(named(patient.examine()), [`fold-left ${patient.repository.dir}`]);
});

await t.test("finds a clock that is in the future; --fix has it begin anew", async (t) => {
  const patient = createPatient(t);
  const clock = path.join(patient.commonDir, "got", "clock");
  writeFileSync(clock, `${Date.now() + 60 * 60 * 1000}\n`);
  t.same(named(patient.examine()), []);
  writeFileSync(clock, `${Date.now() + 48 * 60 * 60 * 1000}\n`);
  t.same(named(patient.examine()), [`clock-ahead ${clock}`]);
  t.same(named((await runFix(patient.options(), () => {})).findings), []);
});
