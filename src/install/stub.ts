import type { Entry } from "./saved-entry.ts";

/** Every version of our stub carries this text; it is how a stub is told from a hook of the user. */
export const stubMark = "got-hooks stub";

/** The name under which a hook that was there before ours is kept, beside it. */
export const chainedSuffix = ".got-chained";

/** Scripts of hook managers, which write them again whenever they are asked to: nothing is lost with one. */
const managerMarks = ["LEFTHOOK", "SKIP_SIMPLE_GIT_HOOKS", "https://pre-commit.com"];

export function writtenByManager(entry: Entry): boolean {
  return entry.kind === "file" && managerMarks.some((mark) => Buffer.from(entry.content).includes(mark));
}

export function isStub(entry: Entry): boolean {
  return entry.kind === "file" && Buffer.from(entry.content).includes(stubMark);
}
