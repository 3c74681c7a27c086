import type { GitCall } from "./run-git.ts";
import { tryGitAsync } from "./run-git-async.ts";

/**
 * Where the files come from that one tree has under another name than an earlier one, as git sees renames: source by
 * destination, a character for each byte. Empty when git can't tell (objects are missing).
 */
export async function renamedFrom(
  call: GitCall,
  before: string,
  after: string,
): Promise<ReadonlyMap<string, string>> {
  const args = ["diff-tree", "-r", "-z", "-M", "--name-status", "--diff-filter=R", before, after];
  const { status, stdout } = await tryGitAsync({ ...call, env: { ...call.env, GIT_NO_LAZY_FETCH: "1" } }, [
    "-c",
    "protocol.allow=never",
    ...args,
  ]);
  const renamed = new Map<string, string>();
  if (status !== 0) return renamed;
  const raw = (path: string): string => Buffer.from(path).toString("latin1");
  const fields = stdout.split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [source = "", destination = ""] = fields.slice(at + 1, at + 3);
    renamed.set(raw(destination), raw(source));
  }
  return renamed;
}
