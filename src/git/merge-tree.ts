import { spawn } from "node:child_process";
import { GotError } from "../base/errors.ts";
import { type ByteName, textOfName } from "./byte-name.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { GitCall } from "./run-git.ts";

/** What git makes of one merge, without index and work tree. */
export interface TreeMerge {
  readonly isClean: boolean;
  readonly tree: string;
  /** Paths that would stand in the index with more than one stage. */
  readonly conflicted: readonly { readonly name: ByteName; readonly path: string }[];
  readonly messages: readonly MergeMessage[];
}

export interface MergeMessage {
  readonly names: readonly ByteName[];
  /** Stable: `CONFLICT (contents)`, `CONFLICT (modify/delete)`, `Auto-merging`. */
  readonly type: string;
  readonly text: string;
}

/** Two commits to merge, by id. They must have a common ancestor: git ends over those that have none. */
export interface MergePair {
  readonly ours: string;
  readonly theirs: string;
}

export interface MergeTreeOptions {
  readonly call: GitCall;
  /** Beyond git's usual environment: where objects are written. */
  readonly environment: Readonly<Record<string, string>>;
  /** Configuration for this run, `<key>=<value>`. */
  readonly config: readonly string[];
  /** How many git processes share the work. */
  readonly processes: number;
  readonly onMerged?: () => void;
  /** Ends the git processes. */
  readonly signal?: AbortSignal;
}

/**
 * Merges pairs of commits with `git merge-tree --stdin`.
 *
 * @returns one answer for each pair, in their order.
 * @throws GotError GIT_FAILED.
 */
export async function mergeTrees(
  pairs: readonly MergePair[],
  options: MergeTreeOptions,
): Promise<readonly TreeMerge[]> {
  const answers: TreeMerge[] = [];
  const shares = Array.from({ length: Math.min(options.processes, pairs.length) }, (_, share) =>
    pairs.flatMap((pair, index) => (index % options.processes === share ? [{ pair, index }] : [])),
  );
  await Promise.all(
    shares.map(async (share) => {
      let done = 0;
      await runMergeTree(
        share.map(({ pair }) => pair),
        options,
        (answer) => {
          const at = share[done++];
          if (at !== undefined) answers[at.index] = answer;
          options.onMerged?.();
        },
      );
    }),
  );
  return answers;
}

async function runMergeTree(
  pairs: readonly MergePair[],
  { call, environment, config, signal }: MergeTreeOptions,
  onAnswer: (answer: TreeMerge) => void,
): Promise<void> {
  const args = [...config.flatMap((entry) => ["-c", entry]), "merge-tree", "--stdin", "--messages"];
  const fail = (reason: string, cause?: unknown): GotError =>
    new GotError("GIT_FAILED", `git merge-tree ${reason}`, { facts: { cwd: call.cwd }, cause });
  await new Promise<void>((resolve, reject) => {
    const child = spawn("git", args, {
      cwd: call.cwd,
      env: { ...gitEnvironment(call.env), ...environment },
      stdio: ["pipe", "pipe", "pipe"],
      signal,
    });
    const parser = new AnswerParser(onAnswer);
    let stderr = "";
    child.on("error", (cause) =>
      reject(fail(signal?.aborted === true ? "was interrupted" : "could not be started", cause)),
    );
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-1000)));
    child.stdout.on("data", (chunk: Buffer) => parser.take(chunk));
    child.stdin.on("error", () => undefined);
    child.on("close", (status) => {
      if (status === 0 && parser.answers === pairs.length) resolve();
      else {
        const said = stderr.trim().split("\n").at(-1) ?? "";
        reject(fail(`ended with status ${status} after ${parser.answers} of ${pairs.length}: ${said}`));
      }
    });
    child.stdin.end(pairs.map(({ ours, theirs }) => `${ours} ${theirs}\n`).join(""));
  });
}

/**
 * Reads what `git merge-tree --stdin` prints, field by field, each ended by NUL: `1` or `0`, the tree; lines of the index
 * and an empty field where there are any or not; messages (count of paths, paths, type, text) and an empty field.
 */
class AnswerParser {
  answers = 0;
  readonly #onAnswer: (answer: TreeMerge) => void;
  #rest = "";
  #fields: string[] = [];

  constructor(onAnswer: (answer: TreeMerge) => void) {
    this.#onAnswer = onAnswer;
  }

  take(chunk: Buffer): void {
    const fields = (this.#rest + chunk.toString("latin1")).split("\0");
    this.#rest = fields.pop() ?? "";
    this.#fields.push(...fields);
    for (;;) {
      const used = this.#readAnswer();
      if (used === 0) return;
      this.#fields = this.#fields.slice(used);
    }
  }

  /** @returns how many fields it used; 0 while the answer is not complete. */
  #readAnswer(): number {
    const fields = this.#fields;
    const [clean, tree] = fields;
    if (clean === undefined || tree === undefined) return 0;
    const conflicted = new Map<ByteName, { name: ByteName; path: string }>();
    let at = 2;
    for (; ; at++) {
      const field = fields[at];
      if (field === undefined) return 0;
      if (field === "") break;
      const name = field.slice(field.indexOf("\t") + 1);
      conflicted.set(name, { name, path: textOfName(name) });
    }
    const messages: MergeMessage[] = [];
    for (at++; ;) {
      const count = fields[at];
      if (count === undefined) return 0;
      if (count === "") break;
      const end = at + 1 + Number(count);
      const [type, text] = [fields[end], fields[end + 1]];
      if (type === undefined || text === undefined) return 0;
      messages.push({ names: fields.slice(at + 1, end), type, text: textOfName(text).trimEnd() });
      at = end + 2;
    }
    this.answers++;
    this.#onAnswer({ isClean: clean === "1", tree, conflicted: [...conflicted.values()], messages });
    return at + 1;
  }
}
