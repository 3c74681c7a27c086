import type { Finding } from "../../doctor/finding.ts";
import type { FixReport, Treatment } from "../../doctor/fix/run-fix.ts";
import type { LiveProof } from "../../doctor/live/prove-live.ts";
import type { Subject } from "../../doctor/subject.ts";
import { printable } from "../printable.ts";

/** An examination without repairs is one in which nothing was treated. */
export type DoctorReport = FixReport;

/** The report as `--json` has it. */
export function doctorData({
  subject,
  findings,
  treated,
  backup,
}: DoctorReport): Readonly<Record<string, unknown>> {
  const { repository, installation, git } = subject;
  return {
    commonDir: repository.commonDir,
    git: git.text,
    version: installation.kind === "recorded" ? installation.record.gotVersion : null,
    packageVersion: subject.payload.gotVersion,
    worktrees: subject.worktrees.map(({ path, name, hooks }) => ({
      path,
      name,
      hooksPath: { value: hooks.configured, scope: hooks.scope, directory: hooks.directory },
    })),
    findings: findings.map(findingData),
    treated: treated.map(({ finding: { id, where }, outcome }) => ({ id, where, ...outcome })),
    backup,
  };
}

function findingData({ repair, ...finding }: Finding): unknown {
  return { ...finding, fixable: repair !== null };
}

/** A paragraph for each finding, problems first, then a line that sums up. */
export function doctorText({ subject, findings, treated, backup }: DoctorReport): string {
  const problems = findings.filter(({ severity }) => severity === "problem");
  const notes = findings.filter(({ severity }) => severity === "note");
  const kept = backup === null ? "" : `What was changed is kept in ${backup}.\n`;
  return printable(
    treated.map(treatmentText).join("") +
      kept +
      [...problems, ...notes].map(findingText).join("") +
      summary(subject, problems, notes),
  );
}

/** What a live proof came to; nothing when there was none. */
export function liveText(live: LiveProof | null): string {
  if (live === null) return "";
  if (live.kind === "proved") return live.facts.map((fact) => `Proved: ${fact}.\n`).join("");
  return printable(`Not proved: ${live.step} failed: ${live.reason}\n`);
}

function treatmentText({ finding: { id, where }, outcome }: Treatment): string {
  return outcome.kind === "done" ? `mended ${id}: ${where}\n` : `left ${id}: ${where}: ${outcome.reason}\n`;
}

function findingText(finding: Finding): string {
  const rows = [
    ["observed", finding.observed],
    ["expected", finding.expected],
    ["matters", finding.why],
    ...(finding.command === null ? [] : [["type", finding.command]]),
  ];
  const lines = rows.map(([label = "", text = ""]) => `  ${label.padEnd(9)} ${text}\n`);
  return `${finding.severity} ${finding.id}: ${finding.where}\n${lines.join("")}\n`;
}

function summary(subject: Subject, problems: readonly Finding[], notes: readonly Finding[]): string {
  const places = counted(subject.worktrees.length, "worktree");
  const noted = notes.length === 0 ? "" : `, ${counted(notes.length, "note")}`;
  if (problems.length === 0) return `All is well in ${places}${noted}.\n`;
  const fixable = problems.filter(({ repair }) => repair !== null).length;
  const fix = fixable === 0 ? "" : `; got-hooks doctor --fix mends ${fixable} of them`;
  return `${counted(problems.length, "problem")}${noted} in ${places}${fix}.\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
