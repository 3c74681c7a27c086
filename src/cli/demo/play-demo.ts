import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { SimpleGit } from "simple-git";
import { GotError } from "../../base/errors.ts";
import { type DemoAgent, demoAgents, eventLine, firstTask, logFile, taskFile } from "./agents.ts";
import { demoEnvironment, demoGit, type DemoMerge, plainMerge } from "./demo-git.ts";
import { recordedEvents } from "./recorded-events.ts";

export interface DemoOptions {
  /** An existing, empty folder for the repository, its worktrees and the home of everybody in the demo. */
  readonly folder: string;
  readonly path: string | undefined;
  readonly nodePath: string;
  /** Installs got-hooks into the repository; null to see git alone. */
  readonly install: ((repository: string, environment: Record<string, string>) => void) | null;
}

export interface DemoResult {
  readonly repository: string;
  readonly before: DemoFiles;
  readonly after: DemoFiles;
  readonly merges: readonly DemoMerge[];
  /** The task as the first conflict left it, markers and all; null when nothing conflicted. */
  readonly firstConflict: string | null;
  /** `git log --graph --oneline`. */
  readonly graph: string;
  /** What the hooks have recorded: event name to how often. */
  readonly recorded: Readonly<Record<string, number>>;
  /** `git status --porcelain` at the end. */
  readonly status: string;
}

export interface DemoFiles {
  readonly task: string;
  readonly log: string;
}

/**
 * Plays the demo once: a repository with one task and one log, five agents at work at the same time in linked worktrees,
 * then `git merge` of their branches one by one. A merge that conflicts is looked at and aborted.
 */
export async function playDemo(options: DemoOptions): Promise<DemoResult> {
  const repository = path.join(options.folder, "repository");
  const environment = demoEnvironment({ home: options.folder, path: options.path });
  mkdirSync(repository);
  const git = demoGit(repository, environment);
  await prepare(git, repository);
  if (options.install !== null) {
    options.install(repository, environment);
    await git.add(["--all"]);
    await git.commit("install got-hooks");
  }
  const before = readFiles(repository);
  // Worktrees are made one after the other: git itself does not like it otherwise.
  for (const { name } of demoAgents)
    await git.raw(["worktree", "add", "-q", "-b", name, worktreeOf(options, name)]);
  await Promise.all(demoAgents.map((agent) => work(agent, options)));

  const merges: DemoMerge[] = [];
  let firstConflict: string | null = null;
  for (const { name } of demoAgents) {
    const merge = await plainMerge(git, name);
    merges.push(merge);
    if (merge.kind !== "conflict") continue;
    firstConflict ??= readFiles(repository).task;
    await git.merge(["--abort"]);
  }
  return {
    repository,
    before,
    after: readFiles(repository),
    merges,
    firstConflict,
    graph: await git.raw(["log", "--graph", "--oneline"]),
    recorded: recordedEvents(repository),
    status: await git.raw(["status", "--porcelain"]),
  };
}

async function prepare(git: SimpleGit, repository: string): Promise<void> {
  await git.init(["-q", "-b", "main"]);
  for (const [file, content] of [
    [taskFile, `${JSON.stringify(firstTask, null, 2)}\n`],
    [logFile, eventLine({ agent: "demo", event: "task.created", second: 0 })],
  ] as const) {
    mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
    writeFileSync(path.join(repository, file), content);
  }
  await git.add(["--all"]);
  await git.commit("a task and a log");
}

/** Starts one agent as a process of its own and waits for it. */
async function work(agent: DemoAgent, options: DemoOptions): Promise<void> {
  const program = fileURLToPath(new URL("agent.js", import.meta.url));
  const { name, second } = agent;
  const done = await execa(options.nodePath, [program, name], {
    cwd: worktreeOf(options, name),
    env: demoEnvironment({ home: options.folder, path: options.path, agent: name, second }),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
  });
  if (done.failed) {
    throw new GotError(
      "GIT_FAILED",
      `The agent ${name} of the demo failed: ${done.stderr.trim() || done.message}`,
      {
        facts: { agent: name, folder: options.folder },
      },
    );
  }
}

function worktreeOf(options: DemoOptions, name: string): string {
  return path.join(options.folder, `worktree-${name}`);
}

function readFiles(repository: string): DemoFiles {
  return {
    task: readFileSync(path.join(repository, taskFile), "utf8"),
    log: readFileSync(path.join(repository, logFile), "utf8"),
  };
}
