import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { recordFile } from "../../../src/install/record-file.ts";
import { createPatient, named } from "../../support/doctor.ts";
import { cli } from "../../support/run-cli.ts";
import { runInstall } from "../../support/run-install.ts";
import { createSmallPackage } from "../../support/small-package.ts";

await t.test("finds programs that are missing, changed or not those of this version", async (t) => {
  const patient = createPatient(t);
  const bin = path.join(patient.commonDir, "got", "bin");
  rmSync(path.join(bin, "lib.sh"));
  appendFileSync(path.join(bin, "got-log.cjs"), "// tampered\n");
  // The record is deceived as well: only the package knows the right bytes.
  const record = readFileSync(recordFile(patient.commonDir), "utf8");
  const findings = patient.examine();
  t.same(named(findings), [`program-changed ${bin}`]);
  t.match(findings[0]?.observed, /lib\.sh is missing/);
  t.match(findings[0]?.observed, /got-log\.cjs differs/);
  t.equal(readFileSync(recordFile(patient.commonDir), "utf8"), record);

  const newer = createSmallPackage(patient.sandbox.root, "1.0.1-rc.1");
  runInstall(patient.sandbox, patient.repository.dir, newer);
  t.same(
    named(patient.examine()).map((line) => line.split(" ")[0]),
    ["version-newer", "install-outdated"],
  );
  runInstall(patient.sandbox, patient.repository.dir, createSmallPackage(patient.sandbox.root, "0.9.9"));
  t.same(named(patient.examine()), [`version-older ${patient.commonDir}`]);
});

await t.test("finds a record that is broken, and an installation that was interrupted", async (t) => {
  const patient = createPatient(t);
  const file = recordFile(patient.commonDir);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"installed"', '"installing"'));
  t.same(named(patient.examine()), [`install-interrupted ${patient.commonDir}`]);
  writeFileSync(file, text.slice(0, -20));
  t.same(named(patient.examine()), [`record-broken ${file}`]);
});

await t.test("says what an install would change or why it would fail", async (t) => {
  const patient = createPatient(t);
  rmSync(path.join(patient.repository.dir, ".gitattributes"));
  const [outdated, ...others] = patient.examine();
  t.equal(outdated?.id, "install-outdated");
  t.match(outdated?.observed, ".gitattributes");
  t.same(others, []);
  rmSync(path.join(patient.repository.dir, ".gitattributes"), { force: true });
  mkdirSync(path.join(patient.repository.dir, ".gitattributes"));
  t.same(named(patient.examine()), [`install-impossible ${patient.repository.dir}`]);
});

await t.test("finds a driver that is unset, or overridden in one worktree", async (t) => {
  const patient = createPatient(t);
  const linked = patient.addWorktree("linked");
  patient.repository.git("config", "extensions.worktreeConfig", "true");
  linked.git("config", "--worktree", "merge.got-entity.driver", "true");
  const findings = patient.examine();
  t.same(named(findings), [`driver-unregistered ${linked.dir}`]);
  t.match(findings[0]?.observed, /^merge\.got-entity\.driver is not what install wrote \(worktree/);
  patient.repository.git("config", "--unset", "merge.got-log.driver");
  t.same(
    patient.examine().map(({ id }) => id),
    ["driver-unregistered", "driver-unregistered"],
  );
});

await t.test(
  "finds real paths that git would not hand to our drivers, also in a sparse checkout",
  async (t) => {
    const patient = createPatient(t);
    const config = { version: 1, paths: [{ match: "tracker/*.jsonl", driver: "table" }] };
    patient.repository.commit({
      ".got/config.json": JSON.stringify(config),
      "tracker/a b\n.jsonl": "",
      "src/x.txt": "",
    });
    const [found, ...others] = patient.examine();
    t.equal(found?.id, "attribute-unresolved", "the configuration is newer than the installation");
    t.match(found?.observed, "tracker/a b\n.jsonl (unspecified)");
    t.same(others, []);
    runInstall(patient.sandbox, patient.repository.dir, patient.packageRoot);
    patient.repository.commit({});
    const linked = patient.addWorktree("sparse");
    linked.git("sparse-checkout", "set", "src");
    t.same(named(patient.examine()), []);
    writeFileSync(path.join(patient.commonDir, "info", "attributes"), "*.json merge=union\n");
    writeFileSync(path.join(patient.repository.dir, ".gitattributes"), "");
    patient.repository.commit({});
    linked.git("checkout", "-q", "--detach", "main");
    t.same(
      patient.examine().map(({ id }) => id),
      ["attribute-unresolved", "attribute-unresolved"],
    );
  },
);

await t.test("finds that Node is gone where graphical clients start git", async (t) => {
  const patient = createPatient(t);
  const file = path.join(patient.commonDir, "got", "bin", "node");
  writeFileSync(file, "/nowhere/bin/node\n");
  const found = patient.examine().find(({ id }) => id === "node-unreachable");
  t.equal(found?.where, file);
  t.match(found?.observed, "(/nowhere/bin/node) is gone");
  const old = path.join(patient.sandbox.root, "old-node");
  writeFileSync(old, "#!/bin/sh\necho v18.20.1\n");
  chmodSync(old, 0o755);
  writeFileSync(file, `${old}\n`);
  t.match(patient.examine().find(({ id }) => id === "node-unreachable")?.observed, "is version 18");
});

await t.test("finds what the environment switches off or leads elsewhere", async (t) => {
  const patient = createPatient(t);
  const env = {
    GOT_HOOKS: "0",
    GOT_HOOKS_MERGE: "0",
    GIT_DIR: "/nowhere",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.hooksPath",
    GIT_CONFIG_VALUE_0: "/dev/null",
    GIT_CONFIG_PARAMETERS: "'core.hooksPath'='/dev/null'",
  };
  t.same(named(patient.examine({ env })), [
    "switched-off-in-environment GOT_HOOKS",
    "switched-off-in-environment GOT_HOOKS_MERGE",
    "hooks-path-in-environment GIT_CONFIG_VALUE_0",
    "hooks-path-in-environment GIT_CONFIG_PARAMETERS",
    "repository-in-environment GIT_DIR",
  ]);
});

await t.test("finds managers that will evict our hooks", async (t) => {
  const patient = createPatient(t);
  const manifest = path.join(patient.repository.dir, "package.json");
  patient.repository.write("package.json", JSON.stringify({ scripts: { prepare: "tsc && husky" } }));
  const [husky, ...others] = patient.examine();
  t.equal(husky?.id, "manager-evicts");
  t.equal(husky?.where, manifest);
  t.match(husky?.command, /^npx husky && got-hooks -C .* install$/);
  t.same(others, []);

  const commands = { "pre-commit": "npm test" };
  patient.repository.write("package.json", JSON.stringify({ "simple-git-hooks": commands }));
  const [simple] = patient.examine();
  t.match(simple?.observed, "simple-git-hooks manages hooks here");
  t.same(simple?.repair, { kind: "install", directory: patient.repository.dir });
  runInstall(patient.sandbox, patient.repository.dir, patient.packageRoot);
  t.same(named(patient.examine()), []);

  patient.repository.write(".simple-git-hooks.cjs", "module.exports = {};\n");
  t.match(patient.examine()[0]?.observed, "has its commands in a program");
});

for (const [manager, file, content] of [
  ["lefthook", "lefthook.yml", "pre-commit:\n  jobs:\n    - run: npm test\n"],
  ["pre-commit", ".pre-commit-config.yaml", "repos: []\n"],
] as const) {
  await t.test(`finds that ${manager} will evict our hooks, until we come in by its door`, async (t) => {
    const patient = createPatient(t);
    patient.repository.write(file, content);
    const [found, ...others] = patient.examine();
    t.match(found, {
      id: "manager-evicts",
      observed: new RegExp(`^${manager} manages hooks here`),
      repair: { kind: "install", directory: patient.repository.dir },
    });
    t.same(others, []);
    runInstall(patient.sandbox, patient.repository.dir, patient.packageRoot);
    t.same(named(patient.examine()), []);
  });
}

await t.test("says that git is too old", async (t) => {
  const patient = createPatient(t);
  const bin = path.join(patient.sandbox.root, "bin");
  mkdirSync(bin);
  const git = patient.sandbox.run(bin, "sh", ["-c", "command -v git"]).stdout.trim();
  const script = `#!/bin/sh\n[ "$1" != --version ] || { echo git version 2.30.2; exit; }\nexec ${git} "$@"\n`;
  writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
  const env = { ...patient.sandbox.env, PATH: `${bin}:${patient.sandbox.env["PATH"]}` };
  const real = process.env["PATH"];
  // Node looks for the program in its own PATH.
  process.env["PATH"] = env.PATH;
  t.teardown(() => (process.env["PATH"] = real));
  const done = await cli(patient.repository.dir, ["doctor"], env);
  t.equal(done.status, 1);
  t.match(done.stderr, "git 2.30.2 is too old");
});
