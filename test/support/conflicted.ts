import { cli, type CliRun } from "./run-cli.ts";
import type { Repository } from "./sandbox.ts";

/** A task as an entity file; `fields` over a plain one. */
export function entityText(fields: Record<string, unknown> = {}): string {
  const task = {
    id: "T-1",
    type: "task",
    version: 1,
    updated_at: "2026-01-01T00:00:00.000Z",
    title: "Base",
    tags: ["a"],
    owner: "x",
    ...fields,
  };
  return `${JSON.stringify(task, null, 2)}\n`;
}

export const taskFile = ".got/entities/task/T-1.json";

/** Commits `base` on main, then `theirs` on the branch topic and `ours` on main; null removes a file. */
export function diverge(
  repository: Repository,
  files: Record<
    string,
    { base?: string | Uint8Array; ours?: string | Uint8Array | null; theirs?: string | Uint8Array | null }
  >,
): void {
  const put = (side: "base" | "ours" | "theirs"): void => {
    for (const [file, versions] of Object.entries(files)) {
      const content = versions[side];
      if (content === null) repository.git("rm", "-q", "--", file);
      else if (content !== undefined) repository.write(file, content);
    }
    repository.git("add", "-A");
    repository.git("commit", "-q", "--allow-empty", "-m", `${side} change`);
  };
  put("base");
  repository.git("checkout", "-q", "-b", "topic");
  put("theirs");
  repository.git("checkout", "-q", "main");
  put("ours");
}

/** The task with conflicts in `title` and `owner`, and tags that merge. */
export const bothChanged = {
  [taskFile]: {
    base: entityText(),
    ours: entityText({ title: "Ours", tags: ["o", "a"], owner: "o", updated_at: "2026-01-02T00:00:00.000Z" }),
    theirs: entityText({
      title: "Theirs",
      tags: ["a", "t"],
      owner: "t",
      updated_at: "2026-01-03T00:00:00.000Z",
    }),
  },
};

export interface ResolveRun extends CliRun {
  readonly data: ResolveData;
}

export interface ResolveData {
  readonly sides: { operation: string; ours: { branch: string | null }; theirs: { branch: string | null } };
  readonly files: readonly {
    path: string;
    outcome: string;
    reason: string | null;
    kept: string | null;
    decisions: readonly { at: string; rule: string; result: string | null }[];
    open: readonly { at: string }[];
  }[];
}

/** Runs `got-hooks resolve --json`. */
export async function resolve(dir: string, ...argv: string[]): Promise<ResolveRun> {
  const run = await cli(dir, ["resolve", "--json", ...argv]);
  const { data } = JSON.parse(run.stdout) as { data?: ResolveData };
  return {
    ...run,
    data: data ?? { sides: { operation: "", ours: { branch: null }, theirs: { branch: null } }, files: [] },
  };
}
