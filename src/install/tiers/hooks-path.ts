import { accessSync, constants, existsSync, statSync } from "node:fs";
import path from "node:path";
import { repositoryBase } from "../../git/repository.ts";
import { tryGit } from "../../git/run-git.ts";
import { doorLine } from "../door-line.ts";
import type { Wish, Wishes } from "../wish.ts";
import { isStub } from "../stub.ts";
import { entryText, stubWish } from "./stubs.ts";
import type { TierInput } from "./tier-input.ts";

/**
 * A hooks directory of the user's own: a line at the top of each shell script, a stub where there is none, and a stub
 * that chains it where the hook is another kind of program.
 */
export function hooksPathWishes(input: TierInput): Omit<Wishes, "tier"> {
  const { repository, place, payload } = input;
  const { directory, configured, scope } = repository.hooks;
  const obstacle = obstacleTo(directory);
  if (obstacle !== null) {
    const note = `core.hooksPath (${scope} configuration) is ${configured}, which ${obstacle}: git cannot reach our hooks; the merge drivers work`;
    return { list: [], notes: [note] };
  }
  const list = payload.hookNames.flatMap((name): readonly Wish[] => {
    const file = path.join(directory, name);
    const current = input.view.read(file);
    // It finds what is installed in the repository by itself.
    if (current.kind === "file" && entryText(current).includes(everywhereMark)) return [];
    if (current.kind === "file" && !isStub(current) && isShellScript(entryText(current))) {
      return [{ kind: "first-line", path: file, mode: place.modes.executable, line: doorLine("own", name) }];
    }
    return [stubWish(file, place, payload)];
  });
  const shared = isInside(input) ? {} : { sharedHooks: directory };
  return {
    list,
    notes: notesAbout(`core.hooksPath (${scope} configuration) is ${configured}`, input),
    ...shared,
  };
}

/** In the scripts of a directory that core.hooksPath names for many repositories: hooks/everywhere. */
const everywhereMark = "got-hooks everywhere";

/** Why no hook can be put into a directory, as the end of a sentence; null when one can. */
function obstacleTo(directory: string): string | null {
  let at = directory;
  while (!existsSync(at)) at = path.dirname(at);
  if (!statSync(at).isDirectory()) return "is not a directory";
  try {
    accessSync(at, constants.W_OK);
    return null;
  } catch {
    return "may not be written";
  }
}

function notesAbout(fact: string, input: TierInput): readonly string[] {
  const { repository } = input;
  const { directory, perWorktree } = repository.hooks;
  if (!isInside(input))
    return [`${fact}: our hooks in ${directory} do nothing in repositories without got-hooks`];
  const call = { cwd: repositoryBase(repository), env: repository.env };
  const tracked = tryGit(call, ["ls-files", "-z", "--", directory]).stdout !== "";
  return [
    ...(tracked
      ? [
          `${fact} and is tracked: git status shows our lines there; commit them, so that every worktree has them`,
        ]
      : []),
    ...(perWorktree && !tracked
      ? [`${fact}, a directory of each worktree: install in each worktree that has its own`]
      : []),
  ];
}

function isInside({ repository }: TierInput): boolean {
  const roots = [repository.commonDir, ...repository.worktrees.map((worktree) => worktree.path)];
  return roots.some((root) => repository.hooks.directory.startsWith(root + path.sep));
}

function isShellScript(text: string): boolean {
  return /^#!\s*\S*\/(env\s+(-\S+\s+)*)?(ba|da|z|k|a)?sh(\s|$)/.test(text);
}
