import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Test } from "tap";
import { openStore, type OpenStoreOptions } from "../../src/store/open-store.ts";
import { openTasks, type OpenTasksOptions } from "../../src/work/tasks/open-tasks.ts";
import type { Tasks } from "../../src/work/tasks/tasks.ts";
import { testEnvironment } from "./sandbox.ts";

export interface TaskPlace {
  readonly workTree: string;
  readonly gitDir: string;
  readonly commonDir: string;
}

/** Work trees as git lays them out, without a repository: tasks need only the folders. The first is the main one. */
export interface TaskFolders {
  readonly root: string;
  readonly env: Record<string, string>;
  readonly places: readonly TaskPlace[];
  readonly open: (
    place: number,
    agent: string,
    more?: { readonly store?: Partial<OpenStoreOptions>; readonly tasks?: Partial<OpenTasksOptions> },
  ) => Promise<Tasks>;
  /** Makes these tasks in the first work tree, and gives them to the others as a merge would. */
  readonly create: (ids: readonly string[]) => Promise<void>;
  /** Gives everything of one work tree to another, as a fast-forward would. */
  readonly copy: (from: number, to: number) => void;
  readonly file: (place: number, id: string) => string;
}

export function createTaskFolders(t: Test, count: number): TaskFolders {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "got-tasks-")));
  t.teardown(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const commonDir = path.join(root, "main", ".git");
  const places = Array.from({ length: count }, (_, index): TaskPlace => {
    const name = `tree-${index}`;
    const gitDir = index === 0 ? commonDir : path.join(commonDir, "worktrees", name);
    const workTree = index === 0 ? path.join(root, "main") : path.join(root, name);
    mkdirSync(gitDir, { recursive: true });
    mkdirSync(workTree, { recursive: true });
    return { workTree, gitDir, commonDir };
  });
  const at = (index: number): TaskPlace => {
    const place = places[index];
    if (place === undefined) throw new Error(`there is no place ${index}`);
    return place;
  };
  const open: TaskFolders["open"] = async (index, agent, more = {}) => {
    const store = await openStore({ ...at(index), agent, ...more.store });
    t.teardown(() => store.close());
    const workTrees = (): string[] => places.map(({ workTree }) => workTree);
    return openTasks({ ...at(index), store, workTrees, agent, ...more.tasks });
  };
  const copy: TaskFolders["copy"] = (from, to) =>
    cpSync(path.join(at(from).workTree, ".got"), path.join(at(to).workTree, ".got"), { recursive: true });
  return {
    root,
    env: testEnvironment(root),
    places,
    open,
    create: async (ids) => {
      const tasks = await open(0, "maker");
      for (const id of ids) await tasks.create({ id, title: id });
      for (let index = 1; index < count; index++) {
        for (const id of ids) {
          const file = path.join(".got", "entities", "task", `${id}.json`);
          mkdirSync(path.dirname(path.join(at(index).workTree, file)), { recursive: true });
          cpSync(path.join(at(0).workTree, file), path.join(at(index).workTree, file));
        }
      }
    },
    copy,
    file: (index, id) => path.join(at(index).workTree, ".got", "entities", "task", `${id}.json`),
  };
}
