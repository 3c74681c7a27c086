import type { Test } from "tap";
import { type InstalledDrivers, installDrivers } from "./install-drivers.ts";
import { createRepository, createSandbox, type Repository } from "./sandbox.ts";

/**
 * Plays a scenario twice, in a repository with the memo and in one without, and checks that both end with the same
 * files, the same index and nothing left over in the work tree. What the scenario itself expects, it checks each time.
 */
export async function bothWays(
  t: Test,
  title: string,
  scenario: (t: Test, repository: Repository, drivers: InstalledDrivers) => void,
): Promise<void> {
  await t.test(title, async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const ends = [true, false].map((memo) => {
      const repository = createRepository(sandbox, memo ? "with memo" : "without memo");
      scenario(t, repository, installDrivers(repository, { memo }));
      return { status: repository.git("status", "--porcelain"), index: repository.git("ls-files", "-s") };
    });
    t.same(ends[0], ends[1], "the memo changes no byte");
    t.notMatch(ends[0]?.status, /merge_file/, "no temporary file is left");
  });
}

/** Commits `files` on a new branch from `start`, and returns to the branch it came from. */
export function commitOn(
  repository: Repository,
  branch: string,
  start: string,
  files: Record<string, string | Uint8Array>,
): void {
  const before = repository.git("rev-parse", "--abbrev-ref", "HEAD").trim();
  repository.git("checkout", "-q", "-b", branch, start);
  repository.commit(files, branch);
  repository.git("checkout", "-q", before);
}
