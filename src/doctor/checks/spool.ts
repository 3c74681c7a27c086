import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { type ByteFile, openByteFile } from "../../base/byte-file.ts";
import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { spoolName } from "../../log/append-to-spool.ts";
import { LineReader } from "../../log/line-reader.ts";
import { listSpool, spoolDirectory } from "../../log/spool.ts";
import { parseEvent } from "../../model/event.ts";
import { findStranded, ownerOf } from "../../sync/adopt-spools.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Events that wait for a commit: too many, too old, for a worktree that is gone, or torn. */
export function checkSpool(subject: Subject): readonly Finding[] {
  const { repository, options } = subject;
  const { commonDir } = repository;
  const sync = shellCommand("got-hooks", "-C", repositoryBase(repository), "sync");
  const stranded = findStranded(commonDir, true);
  const strandedNames = new Set(stranded.map(({ name }) => name));
  const byOwner = new Map<string, Waiting[]>();
  for (const { path: file } of listSpool(commonDir)) {
    const name = path.basename(file);
    if (strandedNames.has(name)) continue;
    const owner = ownerOf(name);
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), readWaiting(file)]);
  }
  const known = new Set(["main", ...linkedNames(commonDir).map((name) => spoolName(name, false))]);
  const findings: Finding[] = [];
  for (const [owner, files] of byOwner) {
    const waiting = sum(files);
    if (waiting.events === 0) continue;
    const observed = waitingText(waiting);
    const where = path.join(spoolDirectory(commonDir), owner);
    if (
      !known.has(owner) &&
      !owner.startsWith("%sync") &&
      !owner.startsWith("%stranded") &&
      !isShortened(owner)
    ) {
      findings.push(
        finding("spool-orphan", {
          where,
          observed: `${observed}; its worktree was removed`,
          expected: "the next commit in any worktree takes them along",
          command: null,
          repair: null,
        }),
      );
    } else if (isBacklog(waiting, options.now().getTime())) {
      findings.push(
        finding("spool-backlog", {
          where,
          observed,
          expected: `at most ${doctorLimits.waitingEvents} events and ${doctorLimits.waitingDays} days of waiting: the next commit takes them along, where .got/config.json is there, events.track is not off and .got is not ignored`,
          command: sync,
          repair: null,
        }),
      );
    }
  }
  for (const { name, reason } of stranded) {
    findings.push(
      finding("spool-stranded", {
        where: path.join(spoolDirectory(commonDir), name),
        observed: `no commit will ever take these events along: ${reason}`,
        expected: "a name under which the next commit finds them",
        command: sync,
        repair: { kind: "adopt-spools" },
      }),
    );
  }
  return [...findings, ...torn(commonDir)];
}

interface Waiting {
  readonly events: number;
  readonly bytes: number;
  /** Milliseconds since 1970; infinity without an event. */
  readonly oldestMs: number;
}

function readWaiting(file: string): Waiting {
  const content = openOrNull(file);
  // Folded since it was listed.
  if (content === null) return { events: 0, bytes: 0, oldestMs: Number.POSITIVE_INFINITY };
  try {
    return countWaiting(content);
  } finally {
    content.close();
  }
}

function openOrNull(file: string): ByteFile | null {
  try {
    return openByteFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function countWaiting(content: ByteFile): Waiting {
  const reader = new LineReader(content);
  let events = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  while (reader.next()) {
    if (reader.end === reader.start) continue;
    events++;
    if (events > 1) continue;
    const first = parseEvent(reader.bytes.toString("utf8", reader.start, reader.end));
    if (first.kind === "event") oldestMs = Date.parse(first.event.ts);
  }
  return { events, bytes: content.size, oldestMs };
}

function sum(files: readonly Waiting[]): Waiting {
  return files.reduce((all, one) => ({
    events: all.events + one.events,
    bytes: all.bytes + one.bytes,
    oldestMs: Math.min(all.oldestMs, one.oldestMs),
  }));
}

function isBacklog({ events, oldestMs }: Waiting, nowMs: number): boolean {
  return events > doctorLimits.waitingEvents || nowMs - oldestMs > doctorLimits.waitingDays * dayMs;
}

const dayMs = 24 * 60 * 60 * 1000;

function waitingText({ events, bytes, oldestMs }: Waiting): string {
  const since = Number.isFinite(oldestMs) ? `, the oldest of ${new Date(oldestMs).toISOString()}` : "";
  return `${events} ${events === 1 ? "event waits" : "events wait"} (${bytes} bytes${since})`;
}

/** A name that hooks/rare.sh had to shorten: a beginning of 100 characters, a percent sign and a checksum. */
function isShortened(owner: string): boolean {
  return /^.{100}%\d+-\d+$/.test(owner);
}

function linkedNames(commonDir: string): readonly string[] {
  try {
    return readdirSync(path.join(commonDir, "worktrees"));
  } catch {
    return [];
  }
}

/** Lines that are no events: of a full disk, or a crash in the middle of a write. The fold puts them there. */
function torn(commonDir: string): readonly Finding[] {
  const file = path.join(spoolDirectory(commonDir), "torn.jsonl");
  const size = lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return [];
  return [
    finding("spool-torn", {
      where: file,
      observed: `${size} bytes of lines that are no events`,
      expected: "every event is written as a whole",
      command: shellCommand("cat", "--", file),
      repair: { kind: "move-away", file },
    }),
  ];
}
