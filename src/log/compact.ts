import { linkSync, lstatSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { syncDirectory, writeFileAtomic } from "../base/atomic-write.ts";
import { GotError } from "../base/errors.ts";
import { openByteFile } from "../base/byte-file.ts";
import { isFoldName } from "../model/event.ts";
import { encodeArchive, decodeArchive, type EncodedArchive } from "./archive.ts";
import { archivesOf } from "./archives-of.ts";
import { judgeFile, type JudgedFile } from "./judge-file.ts";
import { type FileInput, listInputs, refuseLink } from "./list-inputs.ts";
import { rewriteSessionFile } from "./rewrite-session-file.ts";

export interface CompactOptions {
  readonly workTree: string;
  /** Files whose newest event is older than this are compacted; milliseconds since 1970. */
  readonly beforeMs: number;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What compaction did, or would do. Paths are below `.got`. */
export interface CompactResult {
  readonly events: number;
  /** Archives that hold them now. Empty for a dry run. */
  readonly archives: readonly string[];
  /** Folded logs that are gone. */
  readonly removed: readonly string[];
  /** Logs of sessions that are cut down to a mark. */
  readonly marked: readonly string[];
  /** Logs that are old enough and stay as they are. */
  readonly kept: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Moves the events of old logs into archives, `.got/snapshots/*.json.gz`. Nothing is lost at any instant: archives are on disk and
 * have been read back before the first log is touched, and an event that stands twice counts once.
 *
 * Merges stay safe with plain git. An archive's name is the hash of its content, so two branches never have different ones under
 * one name. Folded logs are removed: nobody ever changes them, so no merge finds a change on the other side. A session's own log is
 * cut down to a mark instead, because a removal against an append would be a conflict that git shows to no merge driver.
 *
 * Appending goes on meanwhile. Two compactions of one work tree at once are for the caller to prevent.
 *
 * @throws GotError WRITE_FAILED; then every event is still there, some of them twice.
 */
export function compact(options: CompactOptions): CompactResult {
  const { workTree, beforeMs, dryRun } = options;
  const old: JudgedFile[] = [];
  const kept: { file: string; reason: string }[] = [];
  for (const input of listInputs(workTree, () => {})) {
    if (input.kind !== "log") continue;
    const judged = judgeFile(input);
    if (judged.events === 0 || judged.newestMs >= beforeMs) continue;
    if (judged.hasLongLines || (isFoldName(input.name) && judged.others > 0)) {
      kept.push({
        file: input.name,
        reason: judged.hasLongLines
          ? "it holds lines that are too long"
          : "it holds lines that are no events",
      });
    } else old.push(judged);
  }
  if (dryRun || old.length === 0) {
    return {
      events: old.reduce((sum, { events }) => sum + events, 0),
      archives: [],
      removed: old.map(({ input }) => input.name).filter((name) => isFoldName(name)),
      marked: old.map(({ input }) => input.name).filter((name) => !isFoldName(name)),
      kept,
    };
  }
  const held: HeldFile[] = [];
  try {
    for (const judged of old) {
      const one = hold(judged, options.now());
      if (one === null) kept.push({ file: judged.input.name, reason: "its file system knows no hard links" });
      else held.push(one);
    }
    let events = 0;
    const archives: string[] = [];
    for (const content of archivesOf(held.map((file) => file.frozen))) {
      archives.push(writeArchive(workTree, encodeArchive(content), content.lines.length));
      events += content.lines.length;
    }
    const removed: string[] = [];
    const marked: string[] = [];
    for (const file of held) {
      const { name } = file.judged.input;
      if (!isUnchanged(file)) kept.push({ file: name, reason: "it was changed meanwhile" });
      else if (file.link === null) {
        rmSync(file.judged.input.path);
        removed.push(name);
      } else {
        rewriteSessionFile({ ...file, link: file.link, path: file.judged.input.path });
        rmSync(file.link);
        marked.push(name);
      }
    }
    return { events, archives, removed, marked, kept };
  } finally {
    // A link to a file that is no longer the log stays: it may be all that has its last events.
    for (const file of held) if (file.link !== null && isUnchanged(file)) rmSync(file.link, { force: true });
  }
}

/** A log as it stood when compaction began. */
interface HeldFile {
  readonly judged: JudgedFile;
  /** The whole lines it had then. */
  readonly frozen: FileInput;
  /**
   * A second name of a session's log, in the log's folder and like a folded log's, so that everybody reads it: whatever is
   * appended up to the moment when the log is replaced is found there, also after a crash. Null for a folded log.
   */
  readonly link: string | null;
  readonly inode: number;
  readonly changedMs: number;
}

function hold(judged: JudgedFile, nowMs: number): HeldFile | null {
  const { input, wholeBytes } = judged;
  let link: string | null = null;
  if (!isFoldName(input.name)) {
    link = linkBeside(input.path, nowMs);
    if (link === null) return null;
  }
  const file = link ?? input.path;
  const { ino, ctimeMs } = lstatSync(file);
  const open = (): ReturnType<FileInput["open"]> => ({ ...openByteFile(file), size: wholeBytes });
  return { judged, frozen: { ...input, path: file, open }, link, inode: ino, changedMs: ctimeMs };
}

function linkBeside(file: string, nowMs: number): string | null {
  for (let ms = Math.floor(nowMs); ; ms++) {
    const link = file.replace(/\.jsonl$/, `.${String(ms).padStart(13, "0")}.jsonl`);
    try {
      linkSync(file, link);
      return link;
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
      if (code === "EEXIST") continue;
      if (code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS") return null;
      throw new GotError("WRITE_FAILED", `Could not link ${file} to ${link}`, {
        facts: { file, link },
        cause,
      });
    }
  }
}

/** A session's log may have grown: that is seen to. But git must not have put another in its place. */
function isUnchanged({ judged, link, inode, changedMs }: HeldFile): boolean {
  const now = lstatSync(judged.input.path, { throwIfNoEntry: false });
  if (now?.ino !== inode) return false;
  return link !== null || (now.ctimeMs === changedMs && now.size === judged.input.size);
}

/** Writes an archive and reads it back before anybody relies on it. Returns its name below `.got`. */
function writeArchive(workTree: string, { name, bytes }: EncodedArchive, events: number): string {
  const directory = path.join(workTree, ".got", "snapshots");
  refuseLink(directory);
  const file = path.join(directory, name);
  mkdirSync(directory, { recursive: true });
  writeFileAtomic(file, bytes);
  syncDirectory(path.dirname(directory));
  const decoded = decodeArchive(readFileSync(file));
  const count =
    decoded.kind === "decoded" ? decoded.lines.toString("latin1").trimEnd().split("\n").length : 0;
  if (count !== events) {
    throw new GotError("WRITE_FAILED", `${file} was written but reads back differently`, { facts: { file } });
  }
  return `snapshots/${name}`;
}
