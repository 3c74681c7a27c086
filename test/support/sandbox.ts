import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/**
 * The environment every test process gets: nothing inherited but PATH, fixed identity, dates and locale,
 * no global or system git config, no tap preload.
 */
export function testEnvironment(home: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    TMPDIR: os.tmpdir(),
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: path.join(home, ".gitconfig"),
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
    GIT_EDITOR: "true",
    GIT_TERMINAL_PROMPT: "0",
    ...extra,
  };
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary home with repositories in it; `dispose` (pass it to `t.teardown`) removes everything. */
export interface Sandbox {
  readonly root: string;
  readonly env: Record<string, string>;
  /** Runs a program to its end; never throws for its exit status. */
  readonly run: (
    cwd: string,
    command: string,
    args: readonly string[],
    extra?: { env?: Record<string, string>; input?: string },
  ) => Run;
  readonly dispose: () => void;
}

export function createSandbox(extraEnvironment: Record<string, string> = {}): Sandbox {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "got-test-")));
  const env = testEnvironment(root, extraEnvironment);
  writeFileSync(
    path.join(root, ".gitconfig"),
    '[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n[protocol "file"]\n\tallow = always\n',
  );
  const run: Sandbox["run"] = (cwd, command, args, extra = {}) => {
    const done = spawnSync(command, [...args], {
      cwd,
      env: { ...env, ...extra.env },
      input: extra.input ?? "",
      encoding: "utf8",
      maxBuffer: 512 * 1024 * 1024,
    });
    if (done.error) throw done.error;
    return { status: done.status, stdout: done.stdout, stderr: done.stderr };
  };
  return { root, env, run, dispose: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A real git repository in a sandbox. */
export interface Repository {
  readonly sandbox: Sandbox;
  readonly dir: string;
  /** Runs git and returns its stdout; throws with everything it printed when it fails. */
  readonly git: (...args: string[]) => string;
  /** Runs git and returns how it went. */
  readonly try: (...args: string[]) => Run;
  /** Writes a file, folders included. */
  readonly write: (file: string, content: string | Uint8Array) => void;
  readonly read: (file: string) => string;
  /** Writes the files, stages everything and commits; returns the commit's id. */
  readonly commit: (files: Record<string, string | Uint8Array>, message?: string) => string;
}

export function createRepository(
  sandbox: Sandbox,
  name = "repo",
  initArgs: readonly string[] = [],
): Repository {
  const dir = path.join(sandbox.root, name);
  const made = sandbox.run(sandbox.root, "git", ["init", "-q", ...initArgs, dir]);
  if (made.status !== 0) throw new Error(`git init failed: ${made.stderr}`);
  return openRepository(sandbox, dir);
}

/** The same helpers for a work tree that exists already (a clone, a linked worktree). */
export function openRepository(sandbox: Sandbox, dir: string): Repository {
  const attempt = (...args: string[]): Run => sandbox.run(dir, "git", args);
  const git = (...args: string[]): string => {
    const done = attempt(...args);
    if (done.status !== 0)
      throw new Error(`git ${args.join(" ")} exited ${done.status}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  const write = (file: string, content: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), content);
  };
  const commit = (files: Record<string, string | Uint8Array>, message = "change"): string => {
    for (const [file, content] of Object.entries(files)) write(file, content);
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD").trim();
  };
  return {
    sandbox,
    dir,
    git,
    try: attempt,
    write,
    read: (file) => readFileSync(path.join(dir, file), "utf8"),
    commit,
  };
}
