import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Test } from "tap";
import { cli, type CliRun } from "./run-cli.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "./sandbox.ts";

/** Every command that shows what a repository holds. */
export const shows: readonly (readonly string[])[] = [
  ["status"],
  ["doctor"],
  ["log"],
  ["log", "--limit", "0"],
  ["log", "--json"],
  ["sync", "--dry-run"],
  ["event", "log"],
  ["event", "log", "--json"],
  ["event", "replay"],
  ["entity", "list"],
  ["entity", "list", "--json"],
  ["entity", "get", "task:T-1"],
  ["entity", "history", "task:T-1"],
  ["entity", "get", "task:../../outside/secret"],
  ["task", "list"],
  ["task", "show", "T-1"],
  ["checklist", "list"],
  ["edge", "list"],
  ["fsck"],
  ["policy", "check"],
  ["policy", "explain", "task", "title"],
  ["explain", "HEAD"],
  ["verify"],
  ["metrics"],
  ["lock", "list"],
];

/** Those of them that read what may be a link. */
export const reads = shows.filter(
  ([name]) => !["doctor", "status", "verify", "explain", "metrics", "lock"].includes(name ?? ""),
);

/** Those that read everything, once each: a bomb takes its time. */
export const bombable: readonly (readonly string[])[] = [
  ["log", "--limit", "0"],
  ["event", "log", "--json"],
  ["entity", "list", "--json"],
  ["task", "list"],
  ["fsck"],
  ["doctor"],
];

export const evil = "\u001B]0;owned\u0007\u001B[2J\u009B31m\u202E";
export const stamp = (second: number): string => new Date(Date.UTC(2026, 10, 21, 0, 0, second)).toISOString();

/** An event's line as an enemy writes it. */
export function event(number: number, more: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ id: `e${number}`, ts: stamp(number), session: "s", agent: "ada", event: "note", ...more })}\n`;
}

/** A repository as an enemy publishes it, cloned; and a folder outside of it that nobody has any business in. */
export function enemy(
  t: Test,
  write: (repository: Repository) => void,
): { clone: Repository; outside: string; isOwned: () => boolean } {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const outside = path.join(sandbox.root, "outside");
  mkdirSync(path.join(outside, "folder", "task"), { recursive: true });
  writeFileSync(
    path.join(outside, "secret.json"),
    '{ "version": 1, "id": "T-1", "type": "task", "title": "TOP SECRET" }\n',
  );
  cpSync(path.join(outside, "secret.json"), path.join(outside, "folder", "task", "T-1.json"));
  writeFileSync(path.join(outside, "folder", "s.jsonl"), event(1, { secret: "TOP SECRET" }));
  const repository = createRepository(sandbox, "theirs");
  write(repository);
  repository.git("commit", "-q", "-m", "a trap");
  const done = sandbox.run(sandbox.root, "git", ["clone", "-q", "theirs", "clone"]);
  if (done.status !== 0) throw new Error(done.stderr);
  const clone = openRepository(sandbox, path.join(sandbox.root, "clone"));
  return { clone, outside, isOwned: () => existsSync(path.join(sandbox.root, "owned")) };
}

export async function installIn(t: Test, { dir }: Repository): Promise<void> {
  const run = await cli(dir, ["install"]);
  t.ok([0, 1].includes(run.status), run.stderr);
  t.not(run.status, 70);
}

/** Runs every command that shows something: none may fail by itself or let a control character through. */
export async function showAll(t: Test, { dir }: Repository, commands = shows): Promise<CliRun[]> {
  const outputs: CliRun[] = [];
  for (const words of commands) {
    const startMs = performance.now();
    const run = await cli(dir, words);
    outputs.push(run);
    const name = words.join(" ");
    if (![0, 1, 2].includes(run.status)) t.fail(`${name} exited ${run.status}: ${run.stderr.slice(0, 300)}`);
    if (performance.now() - startMs > 30_000) t.fail(`${name} took ${performance.now() - startMs} ms`);
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
    if (!words.includes("--json")) {
      const at = control.exec(run.stdout)?.index;
      if (at !== undefined)
        t.fail(
          `${name} prints a control character: ${JSON.stringify(run.stdout.slice(Math.max(0, at - 40), at + 20))}`,
        );
    }
    if (control.test(run.stderr)) t.fail(`${name} prints a control character to stderr`);
  }
  t.pass(`${outputs.length} commands`);
  return outputs;
}

/** Every file below a folder, with what is in it. */
export function contents(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => [file, readdirOrRead(file)]),
  );
}

function readdirOrRead(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "a folder";
  }
}
