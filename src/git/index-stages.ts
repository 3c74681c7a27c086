import { type ByteName, textOfName } from "./byte-name.ts";
import { type GitCall, runGitBytes } from "./run-git.ts";

/** One version of a file as the index has it. */
export interface StageEntry {
  /** `100644`, `100755` files, `120000` a symbolic link, `160000` a submodule. */
  readonly mode: string;
  readonly oid: string;
}

/** A path in conflict, with those of its versions that there are: stages 1, 2 and 3. */
export interface UnmergedPath {
  readonly name: ByteName;
  /** The name as text, relative to the top of the work tree. */
  readonly path: string;
  readonly base: StageEntry | undefined;
  readonly ours: StageEntry | undefined;
  readonly theirs: StageEntry | undefined;
}

const stageNames = { "1": "base", "2": "ours", "3": "theirs" } as const;

/**
 * Lists the paths in conflict, in the index's order.
 *
 * @param pathspecs read by git as from `call.cwd`; none is all below it.
 */
export function unmergedPaths(call: GitCall, pathspecs: readonly string[]): readonly UnmergedPath[] {
  const listing = runGitBytes(call, ["ls-files", "-u", "-z", "--full-name", "--", ...pathspecs]);
  const found = new Map<ByteName, { -readonly [Name in keyof UnmergedPath]: UnmergedPath[Name] }>();
  for (const line of listing.toString("latin1").split("\0")) {
    const [, mode = "", oid = "", stage = "", name = ""] =
      /^([0-7]+) ([0-9a-f]+) ([123])\t([^]+)$/.exec(line) ?? [];
    if (stage !== "1" && stage !== "2" && stage !== "3") continue;
    const entry = found.get(name) ?? {
      name,
      path: textOfName(name),
      base: undefined,
      ours: undefined,
      theirs: undefined,
    };
    entry[stageNames[stage]] = { mode, oid };
    found.set(name, entry);
  }
  return [...found.values()];
}
