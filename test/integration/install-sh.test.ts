import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import t from "tap";
import { createRepository, createSandbox, type Run } from "../support/sandbox.ts";

/**
 * install.sh itself is run as it is, in a copy of this checkout; only npm is a stand-in that notes what it was asked for
 * and then hands over this checkout's packages and build (a real `npm ci` is what .ci/run starts with).
 */
const root = path.resolve(import.meta.dirname, "..", "..");
const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const checkout = path.join(sandbox.root, "got hooks");
const programs = path.join(sandbox.root, "programs");
const npmCalls = path.join(sandbox.root, "npm-calls");

mkdirSync(checkout);
const copied = [
  "src",
  "drivers",
  "hooks",
  "scripts",
  "install.sh",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
];
for (const name of copied) cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
mkdirSync(programs);
program(
  "npm",
  `echo "$*" >>"${npmCalls}"
case $1 in
  ci) mkdir -p node_modules && for each in "${root}"/node_modules/*; do ln -sf "$each" node_modules/; done ;;
  run) rm -rf dist && cp -R "${root}/dist" dist ;;
  *) exit 1 ;;
esac`,
);

await t.test(
  "installs, builds, puts everything into the repository that is named, and proves it",
  async (t) => {
    const repository = createRepository(sandbox, "some repository");
    const run = installSh([repository.dir]);
    t.equal(run.status, 0, run.stderr);
    t.same(npm(), ["ci --no-audit --no-fund --loglevel=error", "run --silent build"]);
    t.match(run.stdout, `Installed got-hooks`);
    t.match(run.stdout, /Proved: .*\n/);
    t.match(run.stdout, /Next: git add .*\n/);
    t.match(repository.git("config", "merge.got-entity.driver"), "got-merge");
    t.ok(existsSync(path.join(repository.dir, ".git", "got", "bin", "got-merge")));
  },
);

await t.test("changes nothing when run again, and says so", async (t) => {
  const repository = createRepository(sandbox, "twice");
  installSh([repository.dir]);
  npm();
  const config = repository.read(".git/config");
  const run = installSh([repository.dir]);
  t.equal(run.status, 0, run.stderr);
  t.same(npm(), []);
  t.match(run.stdout, "Dependencies: up to date, nothing changed.\nBuild: up to date, nothing changed.\n");
  t.match(run.stdout, "nothing had to change");
  t.equal(repository.read(".git/config"), config);
});

await t.test(
  "builds again after a source has changed, and installs again after the lock file has",
  async (t) => {
    const repository = createRepository(sandbox, "changed");
    appendFileSync(path.join(checkout, "src", "base", "limits.ts"), "\n");
    t.equal(installSh([repository.dir]).status, 0);
    t.same(npm(), ["run --silent build"]);
    appendFileSync(path.join(checkout, "package-lock.json"), "\n");
    t.equal(installSh([repository.dir]).status, 0);
    t.same(npm(), ["ci --no-audit --no-fund --loglevel=error", "run --silent build"]);
  },
);

await t.test("takes the repository that it is started in when none is named", async (t) => {
  const repository = createRepository(sandbox, "here");
  mkdirSync(path.join(repository.dir, "inner"));
  const run = installSh([], { cwd: path.join(repository.dir, "inner") });
  t.equal(run.status, 0, run.stderr);
  t.ok(existsSync(path.join(repository.dir, ".git", "got", "install.json")));
});

await t.test("refuses what it can't do before it starts anything", async (t) => {
  const outside = path.join(sandbox.root, "outside");
  mkdirSync(outside);
  for (const [argv, status, line] of [
    [[path.join(sandbox.root, "none")], 1, /^install\.sh: .*none is not a directory\n$/],
    [[outside], 1, /^install\.sh: .*outside is not in a git repository; name one/],
    [["a", "b"], 2, /^install\.sh: at most one repository; usage: /],
    [["--froce"], 2, /^install\.sh: unknown option --froce; usage: /],
  ] as const) {
    const run = installSh(argv);
    t.equal(run.status, status);
    t.match(run.stderr, line);
  }
  t.same(npm(), []);
});

await t.test("names the program that is missing or too old, and what is needed", async (t) => {
  for (const [name, body, line] of [
    ["git", "echo git version 2.37.9", "install.sh: git 2.37 is too old; got-hooks needs 2.38 or newer\n"],
    [
      "node",
      "echo v20.18.3",
      "install.sh: Node 20.18.3 is too old; got-hooks needs 20.19 or newer (https://nodejs.org)\n",
    ],
    [
      "node",
      "echo v9.11.2",
      "install.sh: Node 9.11.2 is too old; got-hooks needs 20.19 or newer (https://nodejs.org)\n",
    ],
  ] as const) {
    const folder = path.join(sandbox.root, `old ${name} ${body.length}`);
    mkdirSync(folder);
    program(name, body, folder);
    const run = installSh([], { first: folder });
    t.same([run.status, run.stderr], [1, line]);
  }
  const bare = path.join(sandbox.root, "bare");
  mkdirSync(bare);
  for (const name of ["sh", "dirname", "sed", "git"]) symlinkSync(which(name), path.join(bare, name));
  const run = sandbox.run(checkout, which("sh"), ["install.sh"], { env: { PATH: bare } });
  t.same(
    [run.status, run.stderr],
    [1, "install.sh: node is not on PATH; got-hooks needs Node 20.19 or newer (https://nodejs.org)\n"],
  );
});

function installSh(argv: readonly string[], options: { cwd?: string; first?: string } = {}): Run {
  const search = [options.first, programs, sandbox.env["PATH"]].filter((one) => one !== undefined).join(":");
  return sandbox.run(options.cwd ?? checkout, path.join(checkout, "install.sh"), argv, {
    env: { PATH: search },
  });
}

/** What npm has been asked for since the last question. */
function npm(): string[] {
  const calls = existsSync(npmCalls) ? readFileSync(npmCalls, "utf8").split("\n").filter(Boolean) : [];
  writeFileSync(npmCalls, "");
  return calls;
}

function program(name: string, body: string, folder = programs): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

function which(name: string): string {
  const folder = (sandbox.env["PATH"] ?? "").split(":").find((one) => existsSync(path.join(one, name)));
  if (folder === undefined) throw new Error(`${name} is not on PATH`);
  return path.join(folder, name);
}
