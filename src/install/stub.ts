import type { Entry } from "./saved-entry.ts";

/** Every version of our stub carries this text; it is how a stub is told from a hook of the user. */
export const stubMark = "got-hooks stub";

export function isStub(entry: Entry): boolean {
  return entry.kind === "file" && Buffer.from(entry.content).includes(stubMark);
}
