import { type CommitGotOutcome, commitGot } from "../git/commit-got.ts";
import { tryGit } from "../git/run-git.ts";
import { isApproved } from "../trust/approvals.ts";
import { autoCommitText } from "../trust/proposals.ts";
import type { Context } from "./context.ts";
import type { EventLog } from "./open-event-log.ts";
import { readConfig } from "../workspace/read-config.ts";

/** What auto-commit did; `off` when nobody wants it, or only the repository does. */
export type AutoCommit = CommitGotOutcome | { readonly kind: "off" };

/**
 * Commits `.got/` after a command has changed it, where the user's own git configuration says `got.autoCommit`, or the repository asks
 * for it (`events.autoCommit` in `.got/config.json`) and its user has approved that: what a repository carries starts no command here.
 */
export function autoCommit(
  context: Context,
  { repository, workTree, durability }: Pick<EventLog, "repository" | "workTree" | "durability">,
  what: string,
): AutoCommit {
  const call = { cwd: workTree, env: { ...context.env, GOT_DURABILITY: durability } };
  const consent = tryGit(call, ["config", "--type=bool", "--get", "got.autoCommit"]).stdout.trim();
  if (consent !== "true") {
    if (consent !== "" || !readConfig(workTree).config.events.autoCommit) return { kind: "off" };
    if (!isApproved(repository.commonDir, "auto-commit", autoCommitText)) {
      context.note(
        "this repository asks for its events to be committed by themselves; allow it with git config got.autoCommit true, or got-hooks trust add auto-commit",
      );
      return { kind: "off" };
    }
  }
  const outcome = commitGot({ call, gitDir: repository.gitDir, message: `got: ${what}` });
  if (outcome.kind === "refused") context.note(`not committed: ${outcome.reason}`);
  return outcome;
}
