import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type GitCall, runGit, tryGit } from "../git/run-git.ts";
import type { GitRepository } from "../git/repository.ts";
import { attributeLines, driverName } from "./attribute-lines.ts";

/** What a real merge with the installed driver came to. */
export type Proof =
  | {
      readonly kind: "proved";
      /** What was merged by meaning, a sentence each. */
      readonly facts: readonly string[];
    }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Merges for real, in a throw-away repository, with the very driver command that is configured in `repository`: two
 * branches change different fields of one task, and each appends to one log. git alone conflicts on both files.
 *
 * @param temporary a directory for the throw-away repository; it is removed again.
 */
export function proveDrivers(repository: GitRepository, temporary: string): Proof {
  const directory = mkdtempSync(path.join(temporary, "got-hooks-proof-"));
  try {
    // The switch that turns the drivers off is for other merges than this one.
    return merge({ cwd: directory, env: { ...repository.env, GOT_HOOKS_MERGE: undefined } }, repository);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

const taskPath = ".got/entities/task/T-1.json";
const logPath = ".got/events/20260101-000000-00000000.jsonl";

function merge(call: GitCall, repository: GitRepository): Proof {
  prepare(call, repository);
  const save = (
    task: Readonly<Record<string, unknown>>,
    events: readonly string[],
    message: string,
  ): void => {
    write(
      call.cwd,
      taskPath,
      `${JSON.stringify({ id: "T-1", type: "task", version: 1, ...task }, null, 2)}\n`,
    );
    write(
      call.cwd,
      logPath,
      events.map((id) => `${JSON.stringify({ id, ts: `2026-01-01T00:00:0${id}.000Z` })}\n`).join(""),
    );
    runGit(call, ["add", "-A"]);
    runGit(call, ["commit", "-q", "-m", message]);
  };
  save({ title: "proof", status: "pending", points: 1 }, ["1"], "base");
  runGit(call, ["checkout", "-q", "-b", "theirs"]);
  save({ title: "proof", status: "closed", points: 1 }, ["1", "3"], "theirs");
  runGit(call, ["checkout", "-q", "-"]);
  save({ title: "proof", status: "pending", points: 5 }, ["1", "2"], "ours");
  const merged = tryGit(call, ["merge", "-q", "--no-edit", "theirs"]);
  if (merged.status !== 0)
    return { kind: "failed", reason: `git merge ended with ${merged.status}: ${firstLine(merged)}` };
  return judge(call.cwd);
}

/** The repository that proves has the drivers and attributes of the real one, and nothing else of anybody's. */
function prepare(call: GitCall, repository: GitRepository): void {
  runGit(call, ["init", "-q", "--template="]);
  const settings = {
    "user.name": "got-hooks",
    "user.email": "got-hooks@localhost",
    "commit.gpgSign": "false",
    "core.hooksPath": "/dev/null",
    "merge.ff": "false",
  };
  for (const [key, value] of Object.entries(settings)) runGit(call, ["config", key, value]);
  const installed = { cwd: repository.commonDir, env: repository.env };
  for (const kind of ["entity", "log"] as const) {
    const key = `merge.${driverName(kind)}.driver`;
    const command = tryGit(installed, ["config", "-z", "--get", key]).stdout.replace(/\0$/, "");
    runGit(call, ["config", key, command]);
  }
  write(
    call.cwd,
    ".git/info/attributes",
    attributeLines([])
      .map((line) => `${line}\n`)
      .join(""),
  );
}

function judge(directory: string): Proof {
  const task = readFileSync(path.join(directory, taskPath), "utf8");
  const log = readFileSync(path.join(directory, logPath), "utf8");
  const both = /"status": "closed"/.test(task) && /"points": 5/.test(task);
  if (!both) return { kind: "failed", reason: "the merged task does not have both sides' fields" };
  const ids = log
    .trim()
    .split("\n")
    .map((line) => /"id":"(\d)"/.exec(line)?.[1])
    .join("");
  if (ids !== "123")
    return { kind: "failed", reason: `the merged log has the events ${ids}, not 1, 2, 3 in order` };
  return {
    kind: "proved",
    facts: [
      "two branches changed different fields of one task: both stand",
      "both appended to one log: all three events are there, in order",
    ],
  };
}

function write(directory: string, file: string, content: string): void {
  const absolute = path.join(directory, file);
  mkdirSync(path.dirname(absolute), { recursive: true });
  writeFileSync(absolute, content);
}

function firstLine(result: { readonly stdout: string; readonly stderr: string }): string {
  return (result.stderr.trim() || result.stdout.trim()).split("\n")[0] ?? "";
}
