import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { tryGit } from "../git/run-git.ts";
import { complaintAboutAgent, complaintAboutSession } from "../model/event.ts";
import type { Place } from "./place.ts";

const sessionMs = 24 * 60 * 60 * 1000;

/**
 * The session that the hooks of this worktree go by: `GOT_SESSION`, else the worktree's own, renewed after a day.
 *
 * `<git-dir>/got/session` is the hooks' file (hooks/lib.sh, got_read_session): format, session, when it began in seconds, agent.
 *
 * @throws GotError USAGE for a `GOT_SESSION` that cannot be used.
 */
export function currentSession(place: Pick<Place, "env" | "now">, gitDir: string): string {
  const named = place.env["GOT_SESSION"];
  if (named !== undefined && named !== "") {
    const complaint = complaintAboutSession(named);
    if (complaint === null) return named;
    throw new GotError("USAGE", `GOT_SESSION can't be used: ${complaint}`, { facts: { session: named } });
  }
  const file = path.join(gitDir, "got", "session");
  const nowMs = place.now().getTime();
  const [format, session = "", began = ""] = readLines(file);
  const isCurrent = /^\d+$/.test(began) && nowMs - Number(began) * 1000 < sessionMs;
  if (format === "1" && isCurrent && complaintAboutSession(session) === null) return session;
  const [date, time] = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  const made = `${date}-${time}-${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    // No agent and no calibration of the clock: the hooks find both out when they need them.
    writeFileAtomic(file, `1\n${made}\n${Math.floor(nowMs / 1000)}\nnone\n"unknown"\n- 0 0\n`, {
      durable: false,
    });
  } catch {
    // A read-only git directory: the session is this command's alone.
  }
  return made;
}

/** `GOT_AGENT`, else the committer's name as git has it. */
export function currentAgent(place: Pick<Place, "env">, workTree: string): string {
  for (const name of [place.env["GOT_AGENT"], place.env["GIT_COMMITTER_NAME"]]) {
    if (name !== undefined && complaintAboutAgent(name) === null) return name;
  }
  const configured = tryGit({ cwd: workTree, env: place.env }, ["config", "user.name"]).stdout.replace(
    /\n$/,
    "",
  );
  return complaintAboutAgent(configured) === null ? configured : "unknown";
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").slice(0, limits.eventLineBytes).split("\n");
  } catch {
    return [];
  }
}
