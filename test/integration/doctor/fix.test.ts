import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t from "tap";
import { openBackup } from "../../../src/doctor/fix/backup.ts";
import { fileStamp } from "../../../src/doctor/file-stamp.ts";
import { runFix } from "../../../src/doctor/fix/run-fix.ts";
import { recordFile } from "../../../src/install/record-file.ts";
import { createPatient, named, type Patient } from "../../support/doctor.ts";
import { treeState } from "../../support/tree-state.ts";

/** Damages everything that `--fix` can mend. */
const damage = (patient: Patient): { lock: string; linked: string } => {
  const { repository, commonDir } = patient;
  const linked = patient.addWorktree("linked work\ntree").dir;
  repository.git("config", "--global", "user.email", "ada@analytical.engine");
  repository.git("config", "user.email", "test@example.com");
  repository.git("config", "--unset", "merge.got-log.driver");
  chmodSync(path.join(commonDir, "hooks", "pre-commit"), 0o644);
  rmSync(path.join(commonDir, "got", "bin", "lib.sh"));
  const lock = path.join(commonDir, "index.lock");
  writeFileSync(lock, "half an index");
  const time = new Date(Date.now() - 10 * 60_000);
  utimesSync(lock, time, time);
  const dead = path.join(commonDir, "got", "locks", "repo");
  mkdirSync(dead, { recursive: true });
  const record = "got-lock 1\npid 1\nstart 1\nboot another\npidns 1\nhost HOST\nsince -\nend\n";
  const host = patient.sandbox.run(repository.dir, "uname", ["-n"]).stdout.trim();
  writeFileSync(path.join(dead, "7.h"), record.replace("HOST", host));
  repository.git("config", "core.bare", "true");
  return { lock, linked };
};

await t.test(
  "mends everything that it may, keeps what it changes, and is done the second time",
  async (t) => {
    const patient = createPatient(t);
    const { lock, linked } = damage(patient);
    // From within the linked worktree: the main one is no work tree at the moment.
    const options = patient.options({ cwd: linked });
    const before = patient.examine({ cwd: linked }).map(({ id }) => id);
    for (const id of [
      "program-changed",
      "hooks-unreachable",
      "driver-unregistered",
      "core-bare",
      "identity-overwritten",
      "git-lock-left",
      "lock-stale",
    ]) {
      t.ok(
        before.some((found) => found === id),
        id,
      );
    }
    const report = await runFix(options, () => {});
    t.same(named(report.findings), []);
    t.same(
      report.treated.filter(({ outcome }) => outcome.kind === "left").map(({ finding }) => finding.id),
      [],
    );
    t.same(named(patient.examine()), [], "also as seen from the main worktree");

    const backup = report.backup ?? "";
    const { entries } = JSON.parse(readFileSync(path.join(backup, "manifest.json"), "utf8")) as {
      entries: { path: string; saved: string | null }[];
    };
    const saved = entries.find((entry) => entry.path === lock)?.saved ?? "";
    t.equal(readFileSync(path.join(backup, saved), "utf8"), "half an index");
    const config =
      entries.find((entry) => entry.path === path.join(patient.commonDir, "config"))?.saved ?? "";
    t.match(readFileSync(path.join(backup, config), "utf8"), "test@example.com");

    const state = treeState(patient.sandbox.root);
    const again = await runFix(options, () => {});
    t.same([again.treated, again.findings, again.backup], [[], [], null]);
    t.same(treeState(patient.sandbox.root), state, "no byte has changed");
  },
);

await t.test("two at once take turns", async (t) => {
  const patient = createPatient(t);
  const { linked } = damage(patient);
  const both = await Promise.all([
    runFix(patient.options({ cwd: linked }), () => {}),
    runFix(patient.options({ cwd: linked }), () => {}),
  ]);
  t.same(
    both.map(({ findings }) => findings),
    [[], []],
  );
  t.equal(both.filter(({ backup }) => backup !== null).length, 1, "one of them had nothing to do");
  t.equal(readdirSync(path.join(patient.commonDir, "got", "backup")).length, 1);
});

await t.test("leaves what is a person's to decide, and says what it could not mend", async (t) => {
  const patient = createPatient(t);
  patient.repository.git("config", "core.hooksPath", "/dev/null");
  const untouched = await runFix(patient.options(), () => {});
  t.same(named(untouched.findings), [`hooks-switched-off ${patient.repository.dir}`]);
  t.same(untouched.treated, []);
  patient.repository.git("config", "--unset", "core.hooksPath");

  chmodSync(path.join(patient.commonDir, "hooks", "pre-commit"), 0o644);
  const record = readFileSync(recordFile(patient.commonDir), "utf8");
  rmSync(path.join(patient.repository.dir, ".gitattributes"));
  mkdirSync(path.join(patient.repository.dir, ".gitattributes"));
  const report = await runFix(patient.options(), () => {});
  const [left] = report.treated;
  t.equal(left?.outcome.kind, "left");
  t.match(left?.outcome, { reason: /\.gitattributes/ });
  t.ok(report.findings.some(({ id }) => id === "hooks-unreachable"));
  t.equal(readFileSync(recordFile(patient.commonDir), "utf8"), record);
});

await t.test("never moves away a lock file that another process has made anew", async (t) => {
  const patient = createPatient(t);
  const file = path.join(patient.commonDir, "index.lock");
  writeFileSync(file, "of a living git");
  const backup = openBackup(patient.commonDir, () => new Date());
  const stamp = fileStamp(file) ?? "";
  // A file made anew may have the number of the one that was removed.
  const time = new Date(Date.now() - 60_000);
  utimesSync(file, time, time);
  t.equal(backup.moveAway("git-lock-left", file, stamp), false);
  t.equal(readFileSync(file, "utf8"), "of a living git");
  t.equal(backup.directory(), null);
  t.notOk(existsSync(path.join(patient.commonDir, "got", "backup")));
  t.equal(backup.moveAway("git-lock-left", file, fileStamp(file) ?? ""), true);
  t.notOk(existsSync(file));
});
