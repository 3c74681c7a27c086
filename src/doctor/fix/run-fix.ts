import { hostname } from "node:os";
import path from "node:path";
import { pid } from "node:process";
import { GotError } from "../../base/errors.ts";
import { gotDirectory } from "../../git/repository.ts";
import { createLocks } from "../../lock/create-locks.ts";
import { createFileBackend } from "../../lock/file/file-backend.ts";
import { doctorLimits } from "../doctor-limits.ts";
import type { Finding } from "../finding.ts";
import { runDoctor } from "../run-doctor.ts";
import { type DoctorOptions, openSubject, type Subject } from "../subject.ts";
import { applyRepair, type Repaired } from "./apply-repair.ts";
import { openBackup } from "./backup.ts";

/** One finding for which something was done. */
export interface Treatment {
  readonly finding: Finding;
  readonly outcome: Repaired;
}

export interface FixReport {
  readonly subject: Subject;
  readonly treated: readonly Treatment[];
  /** What is found after the repairs. */
  readonly findings: readonly Finding[];
  /** Where what was changed is kept; null when nothing was. */
  readonly backup: string | null;
}

/**
 * Mends what can be mended without a person's decision, and examines again. Two at once take turns; the second finds nothing
 * left to do. Where there is nothing to mend, nothing is written, not even a lock.
 *
 * @throws GotError LOCK_UNAVAILABLE, and what {@link openSubject} throws.
 */
export async function runFix(
  options: DoctorOptions,
  onProgress: (check: string) => void,
): Promise<FixReport> {
  const first = examine(options, onProgress);
  if (first.findings.every(({ repair }) => repair === null)) return { ...first, treated: [], backup: null };
  const self = { pid, host: hostname() };
  const directory = path.join(gotDirectory(first.subject.repository), "locks");
  const locks = createLocks({ backend: createFileBackend({ directory }), process: self });
  try {
    const wanted = { timeoutMs: doctorLimits.fixWaitMs, holder: { what: "doctor --fix" } };
    const outcome = await locks.withLock("doctor", wanted, () => treat(options, onProgress));
    if (outcome.kind === "granted" || outcome.kind === "lost") return outcome.value;
    throw new GotError("LOCK_UNAVAILABLE", "Another got-hooks doctor --fix is at work here", {
      facts: { directory },
      hint: "Wait for it; got-hooks lock list names its process.",
    });
  } finally {
    await locks.close();
  }
}

function treat(options: DoctorOptions, onProgress: (check: string) => void): FixReport {
  const { subject, findings } = examine(options, onProgress);
  const backup = openBackup(subject.repository.commonDir, options.now);
  const treated: Treatment[] = [];
  const done = new Map<string, Repaired>();
  for (const finding of findings) {
    const { id, repair } = finding;
    if (repair === null) continue;
    // Many findings are mended by one installation.
    const key = JSON.stringify(repair);
    const outcome = done.get(key) ?? attempt(() => applyRepair(repair, id, { options, backup }));
    done.set(key, outcome);
    treated.push({ finding, outcome });
  }
  const after = examine(options, onProgress);
  const judged = treated.map((one) => ({ ...one, outcome: judge(one, after.findings) }));
  return { ...after, treated: judged, backup: backup.directory() };
}

/** Whether it is mended shows in what is found afterwards: one repair may have mended what another one was for. */
function judge({ finding, outcome }: Treatment, after: readonly Finding[]): Repaired {
  const isThere = after.some(({ id, where }) => id === finding.id && where === finding.where);
  if (!isThere) return { kind: "done" };
  return outcome.kind === "left" ? outcome : { kind: "left", reason: "it is found again" };
}

/** What can't be mended must not keep the rest from it. */
function attempt(repair: () => Repaired): Repaired {
  try {
    return repair();
  } catch (error) {
    if (error instanceof GotError) return { kind: "left", reason: error.message };
    throw error;
  }
}

function examine(
  options: DoctorOptions,
  onProgress: (check: string) => void,
): { readonly subject: Subject; readonly findings: readonly Finding[] } {
  const subject = openSubject(options);
  return { subject, findings: runDoctor(subject, onProgress) };
}
