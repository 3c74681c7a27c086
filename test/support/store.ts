import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Test } from "tap";
import { openStore, type OpenStoreOptions } from "../../src/store/open-store.ts";
import type { Store, StoreProblem } from "../../src/store/store.ts";
import type { StoreEvent } from "../../src/store/wal-record.ts";

/** A work tree without a repository: the store needs only its folders. */
export interface StoreFolder {
  readonly workTree: string;
  readonly gitDir: string;
  readonly events: StoreEvent[];
  readonly problems: StoreProblem[];
  readonly open: (options?: Partial<OpenStoreOptions>) => Promise<Store>;
  /** Path of an entity's file. */
  readonly file: (ref: string) => string;
  readonly read: (ref: string) => string;
  readonly write: (ref: string, text: string) => void;
}

export function createStoreFolder(t: Test): StoreFolder {
  const workTree = realpathSync(mkdtempSync(path.join(os.tmpdir(), "got-store-")));
  t.teardown(() => rmSync(workTree, { recursive: true, force: true }));
  return storeFolder(workTree);
}

export function storeFolder(workTree: string): StoreFolder {
  const gitDir = path.join(workTree, ".git");
  mkdirSync(gitDir, { recursive: true });
  const events: StoreEvent[] = [];
  const problems: StoreProblem[] = [];
  const file = (ref: string): string => {
    const [type = "", id = ""] = ref.split(":");
    return path.join(workTree, ".got", "entities", type, `${id}.json`);
  };
  return {
    workTree,
    gitDir,
    events,
    problems,
    open: (options = {}) =>
      openStore({
        workTree,
        gitDir,
        commonDir: gitDir,
        agent: "ada",
        appendEvents: (added) => void events.push(...added),
        onProblem: (problem) => void problems.push(problem),
        ...options,
      }),
    file,
    read: (ref) => readFileSync(file(ref), "utf8"),
    write: (ref, text) => {
      mkdirSync(path.dirname(file(ref)), { recursive: true });
      writeFileSync(file(ref), text);
    },
  };
}
