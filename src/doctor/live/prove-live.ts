import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pid } from "node:process";
import { GotError } from "../../base/errors.ts";
import { type GitCall, runGit, tryGit } from "../../git/run-git.ts";
import { type GroupOptions, runGitInGroup } from "../../git/run-git-in-group.ts";
import { type GitRepository, repositoryBase } from "../../git/repository.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { eventsRecorded } from "./events-recorded.ts";
import { liveName, liveParentPrefix, removeLiveWorktree } from "./live-worktree.ts";

/** What a real commit and a real merge in this very repository came to. */
export type LiveProof =
  | {
      readonly kind: "proved";
      /** What was seen, a sentence each. */
      readonly facts: readonly string[];
    }
  | {
      readonly kind: "failed";
      /** What was being done. */
      readonly step: string;
      readonly reason: string;
    };

export interface LiveOptions {
  readonly repository: GitRepository;
  /** A directory for the throw-away worktree; it is removed again. */
  readonly temporary: string;
  /** Hears of each step before it begins. */
  readonly onStep: (step: string) => void;
  /** Ends the step, hooks included, and with it the proof. */
  readonly signal: AbortSignal;
  /** How long one git with its hooks may take; default `doctorLimits.liveMs`. */
  readonly timeoutMs?: number;
}

/**
 * Commits and merges for real, with the hooks, drivers, attributes and policy of this repository, the user's own hooks
 * included, on a detached HEAD in a linked worktree that is made for it: two sides change different fields of one entity and append to one
 * log, which git alone leaves in conflict. Then the worktree, its events and its locks are removed; what stays is a handful of objects that
 * nothing refers to, which `git gc` takes. So it is too when a hook hangs or somebody interrupts: all that git has started is ended first.
 */
export async function proveLive(options: LiveOptions): Promise<LiveProof> {
  const { repository, temporary } = options;
  const base = { cwd: repositoryBase(repository), env: repository.env };
  let step = "looking for a commit to begin at";
  const begin = (next: string): void => {
    step = next;
    options.onStep(next);
  };
  if (tryGit(base, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]).status !== 0)
    return { kind: "failed", step, reason: "HEAD has no commit yet: make the first one, then prove" };
  const name = liveName(pid, randomBytes(4).toString("hex"));
  const place = { parent: mkdtempSync(path.join(temporary, liveParentPrefix)), name };
  try {
    begin("making a linked worktree");
    const top = path.join(place.parent, name);
    const group = { timeoutMs: options.timeoutMs ?? doctorLimits.liveMs, signal: options.signal };
    await git({ ...base, group }, "worktree", "add", "-q", "--detach", "--", top, "HEAD");
    const call = { cwd: top, env: liveEnvironment(repository, name), group };
    return await play(call, { repository, name, begin });
  } catch (error) {
    if (!(error instanceof GotError)) throw error;
    return { kind: "failed", step, reason: reasonOf(error) };
  } finally {
    removeLiveWorktree(repository, place);
  }
}

/** A git whose hooks run, and that may hang for it. */
interface LiveCall extends Pick<GitCall, "cwd" | "env"> {
  readonly group: GroupOptions;
}

interface Play {
  readonly repository: GitRepository;
  readonly name: string;
  readonly begin: (step: string) => void;
}

async function play(call: LiveCall, { repository, name, begin }: Play): Promise<LiveProof> {
  begin("committing, with all hooks");
  const base = await commit(call, name, { status: "pending", points: 1 }, ["base"]);
  const theirs = await commit(call, name, { status: "closed", points: 1 }, ["base", "theirs"]);
  begin("going back to the first commit");
  await git(call, "checkout", "-q", "--detach", base);
  begin("committing the other side");
  const ours = await commit(call, name, { status: "pending", points: 5 }, ["base", "ours"]);
  begin("merging");
  await git(call, "merge", "-q", "--no-edit", "--no-gpg-sign", "--no-ff", theirs);
  const merge = runGit(call, ["rev-parse", "HEAD"]).trim();
  begin("looking at what was merged");
  const complaint = complaintAboutMerge(call.cwd, name);
  if (complaint !== null) return { kind: "failed", step: "merging", reason: complaint };
  begin("looking for the events");
  const wanted = [...[base, theirs, ours].map((oid) => `git.commit:${oid}`), `git.merge:${merge}`];
  const missing = eventsRecorded(wanted, { commonDir: repository.commonDir, name, workTree: call.cwd });
  if (missing.length > 0) {
    const reason = `git has committed and merged, but no hook has recorded ${missing.join(", ")}`;
    return { kind: "failed", step: "looking for the events", reason };
  }
  return {
    kind: "proved",
    facts: [
      "a merge in a worktree of this repository joined two sides' fields of one entity and two sides' lines of one log",
      "its three commits and the merge were recorded by the hooks",
      "the worktree, its events and its locks are gone again",
    ],
  };
}

const entityPath = ".got/entities/doctor-proof/P-1.json";
/** As many people's checks of messages want it. */
const message = "chore: got-hooks doctor --live";

/** Commits one version of the entity and the log with whatever hooks there are; returns the commit. */
async function commit(
  call: LiveCall,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  ids: readonly string[],
): Promise<string> {
  const entity = { id: "P-1", type: "doctor-proof", version: 1, ...fields };
  write(call.cwd, entityPath, `${JSON.stringify(entity, null, 2)}\n`);
  const head = { session: name, agent: "got-hooks", event: "doctor.proof" };
  const lines = ids.map((id, index) =>
    JSON.stringify({ id: `${name}:${id}`, ts: `2026-01-01T00:00:0${index}.00${id.length % 10}Z`, ...head }),
  );
  write(call.cwd, logPath(name), lines.map((line) => `${line}\n`).join(""));
  // Also where .got is ignored, or outside of a sparse checkout.
  await git(call, "add", "--force", "--sparse", "--", entityPath, logPath(name));
  // With an editor hooks don't fold: a fold would take along, and lose, the events of worktrees that were removed.
  await git(call, "commit", "-q", "--edit", "--no-gpg-sign", "-m", message);
  return runGit(call, ["rev-parse", "HEAD"]).trim();
}

function logPath(name: string): string {
  return `.got/events/${name}.jsonl`;
}

function complaintAboutMerge(top: string, name: string): string | null {
  const entity = readFileSync(path.join(top, entityPath), "utf8");
  if (!/"status": "closed"/.test(entity) || !/"points": 5/.test(entity))
    return "the merged entity does not have both sides' fields";
  const log = readFileSync(path.join(top, logPath(name)), "utf8");
  const lost = ["base", "ours", "theirs"].filter((id) => !log.includes(`"${name}:${id}"`));
  return lost.length === 0 ? null : `the merged log has lost the lines of ${lost.join(", ")}`;
}

/** git without what would slow a proof down or outlive it. */
async function git(call: LiveCall, ...args: readonly string[]): Promise<void> {
  await runGitInGroup(call, ["-c", "gc.auto=0", "-c", "maintenance.auto=false", ...args], call.group);
}

/** The proof's own session and identity; the switches that turn us off are for other commands than this one. */
function liveEnvironment(repository: GitRepository, name: string): GitCall["env"] {
  const person = "got-hooks doctor";
  const address = "got-hooks@localhost";
  return {
    ...repository.env,
    GOT_HOOKS: undefined,
    GOT_HOOKS_MERGE: undefined,
    GOT_AGENT: person,
    GOT_SESSION: name,
    GIT_AUTHOR_NAME: person,
    GIT_AUTHOR_EMAIL: address,
    GIT_COMMITTER_NAME: person,
    GIT_COMMITTER_EMAIL: address,
    GIT_EDITOR: "true",
  };
}

function write(directory: string, file: string, content: string): void {
  const absolute = path.join(directory, file);
  mkdirSync(path.dirname(absolute), { recursive: true });
  writeFileSync(absolute, content);
}

/** What git, and what it started, said; else our own words. */
function reasonOf(error: GotError): string {
  const said = error.facts["stderr"];
  return typeof said === "string" && said !== "" ? said : error.message;
}
