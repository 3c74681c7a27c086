import type { Repository } from "./sandbox.ts";

type Files = Record<string, string | Uint8Array | null>;

/** The three versions of a merge, and what somebody committed as its result; null removes a file. */
export interface MadeMerge {
  readonly base: Files;
  readonly ours: Files;
  readonly theirs: Files;
  readonly result: Files;
}

/** Commits a merge with a result of the test's choosing, as a careless person or a server would; returns its id. */
export function makeMerge(repository: Repository, { base, ours, theirs, result }: MadeMerge): string {
  const commit = (files: Files, message: string): void => {
    for (const [file, content] of Object.entries(files)) {
      if (content !== null) repository.write(file, content);
      else repository.git("rm", "-q", "-f", "--ignore-unmatch", "--", file);
    }
    repository.git("add", "-A");
    repository.git("commit", "-q", "--allow-empty", "-m", message);
  };
  commit(base, "base");
  const main = repository.git("rev-parse", "--abbrev-ref", "HEAD").trim();
  repository.git("checkout", "-q", "-B", "theirs");
  commit(theirs, "theirs");
  repository.git("checkout", "-q", main);
  commit(ours, "ours");
  repository.git("merge", "-q", "-s", "ours", "--no-commit", "theirs");
  commit(result, "made by hand");
  return repository.git("rev-parse", "HEAD").trim();
}
