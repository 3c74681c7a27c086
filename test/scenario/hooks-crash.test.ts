import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { allEvents, installHooks, trackedEvents } from "../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository, type Sandbox } from "../support/sandbox.ts";

/** Programs that the hooks start; a crash is played before each of them. */
const programs = [
  "mv",
  "mkdir",
  "awk",
  "ln",
  "rm",
  "cat",
  "od",
  "date",
  "readlink",
  "cmp",
  "wc",
  "rmdir",
  "head",
];
const mostCrashes = 60;

await t.test("kill -9 of git and all its hooks, at any point, loses no event and doubles none", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const template = createRepository(sandbox, "template");
  installHooks(template);
  template.commit({ a: "1" });
  template.git("commit", "-q", "--allow-empty", "-m", "2");
  template.git("commit", "-q", "--allow-empty", "-m", "3");
  writeShims(sandbox);

  let crashes = 0;
  for (let at = 1; at <= mostCrashes; at++) {
    const name = `crash-${at}`;
    sandbox.run(sandbox.root, "cp", ["-R", "template", name]);
    const repository: Repository = { ...template, dir: path.join(sandbox.root, name) };
    const git = (...args: string[]): { status: number | null; stdout: string } =>
      sandbox.run(repository.dir, "git", args);
    writeFileSync(path.join(repository.dir, "a"), "4");
    git("add", "a");
    const killed = await commitUntil(sandbox, repository, at);
    // What git itself leaves when it is killed.
    sandbox.run(repository.dir, "rm", [
      "-f",
      ".git/index.lock",
      ".git/HEAD.lock",
      ".git/refs/heads/main.lock",
    ]);
    writeFileSync(path.join(repository.dir, "a"), "5");
    t.equal(git("commit", "-qam", "5").status, 0);
    t.equal(git("status", "--porcelain").stdout, "", `crash ${at}: clean`);
    const view = { ...repository, git: (...args: string[]) => git(...args).stdout };
    const ids = allEvents(view).map(({ id }) => id);
    t.equal(new Set(ids).size, ids.length, `crash ${at}: no event is there twice`);
    const commits = git("log", "--format=%H %s").stdout.trim().split("\n");
    // The commit that was cut short may have no event: its post-commit never ran to the line that records it.
    const missing = commits.filter(
      (commit) => !commit.endsWith(" 4") && !ids.includes(`git.commit:${commit.slice(0, 40)}`),
    );
    t.strictSame(missing, [], `crash ${at}: every other commit has its event`);
    t.ok(trackedEvents(view).length >= 3, `crash ${at}: what waited travels`);
    if (!killed) break;
    crashes += 1;
  }
  t.ok(crashes >= 8 && crashes < mostCrashes, `${crashes} points of a commit were tried`);
});

/** Commits with the shims in PATH; true when the crash came before the commit was over. */
function commitUntil(sandbox: Sandbox, repository: Repository, at: number): Promise<boolean> {
  const counter = path.join(repository.dir, ".git", "starts");
  writeFileSync(counter, "");
  return new Promise((resolve) => {
    const child = spawn("git", ["commit", "-qm", "4"], {
      cwd: repository.dir,
      env: {
        ...sandbox.env,
        PATH: `${path.join(sandbox.root, "shims")}:${sandbox.env["PATH"]}`,
        CRASH_AT: String(at),
        STARTS: counter,
      },
      stdio: "ignore",
      // A process group of its own: the shim kills all of it, the background process included.
      detached: true,
    });
    child.once("exit", () => resolve(readFileSync(counter, "utf8").length >= at));
  });
}

function writeShims(sandbox: Sandbox): void {
  const shims = path.join(sandbox.root, "shims");
  mkdirSync(shims);
  for (const program of programs) {
    const real = ["/bin", "/usr/bin"]
      .map((folder) => path.join(folder, program))
      .find((file) => existsSync(file));
    const script = `#!/bin/sh\nprintf x >>"$STARTS"\nread -r starts <"$STARTS"\n[ "\${#starts}" -ne "$CRASH_AT" ] || kill -9 0\nexec ${real} "$@"\n`;
    writeFileSync(path.join(shims, program), script, { mode: 0o755 });
  }
}
