import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Test } from "tap";
import type { Log, LogProblem, OpenLogOptions } from "../../src/log/log.ts";
import { openLog } from "../../src/log/open-log.ts";
import type { LogEvent } from "../../src/model/event.ts";

/** A folder that looks like a work tree to the log, removed with the test. */
export interface LogFolder {
  readonly workTree: string;
  readonly commonDir: string;
  /** What reading has reported, of all logs opened here. */
  readonly problems: LogProblem[];
  readonly open: (options?: Partial<OpenLogOptions>) => Log;
  /** Writes a file below `.got`. */
  readonly write: (name: string, content: string | Uint8Array) => void;
  readonly read: (name: string) => string;
}

export function createLogFolder(t: Test): LogFolder {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "got-log-")));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const folder = logFolderAt(root);
  t.teardown(folder.close);
  return folder;
}

export function logFolderAt(root: string): LogFolder & { readonly close: () => void } {
  const problems: LogProblem[] = [];
  const logs: Log[] = [];
  let ids = 0;
  const workTree = path.join(root, "tree");
  const commonDir = path.join(root, "git");
  mkdirSync(workTree, { recursive: true });
  const fileOf = (name: string): string => path.join(workTree, ".got", name);
  return {
    workTree,
    commonDir,
    problems,
    open: (options = {}) => {
      const log = openLog({
        workTree,
        commonDir,
        session: "20261121-030405-1a2b3c4d",
        agent: "ada",
        now: () => Date.UTC(2026, 10, 21),
        randomHex: () => (ids++).toString(16).padStart(8, "0"),
        onProblem: (problem) => problems.push(problem),
        ...options,
      });
      logs.push(log);
      return log;
    },
    write: (name, content) => {
      mkdirSync(path.dirname(fileOf(name)), { recursive: true });
      writeFileSync(fileOf(name), content);
    },
    read: (name) => readFileSync(fileOf(name), "utf8"),
    close: () => {
      for (const log of logs) log.close();
    },
  };
}

/** An event's line; `ts` is a number of milliseconds after 2026-11-21. */
export function eventLine(id: string, ts: number, more: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ id, ts: new Date(Date.UTC(2026, 10, 21) + ts).toISOString(), session: "s", agent: "ada", event: "test", ...more })}\n`;
}

export async function allEvents(log: Log): Promise<LogEvent[]> {
  return await collect(log.read());
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export async function idsOf(log: Log): Promise<string[]> {
  return (await allEvents(log)).map(({ id }) => id);
}
