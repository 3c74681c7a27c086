import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { GotError } from "../base/errors.ts";
import type { LogEvent } from "../model/event.ts";
import { checkEvent, composeEvent, createStampText, sourceText } from "./compose-event.ts";
import { openHybridClock } from "./hybrid-clock.ts";
import { refuseLink } from "./list-inputs.ts";
import type { NewEvent } from "./log.ts";
import { openSessionFile } from "./session-file.ts";
import { spoolDirectory } from "./spool.ts";

export interface SpoolWriter {
  readonly commonDir: string;
  /** The worktree's name: `main`, else that of its git directory. */
  readonly worktree: string;
  /** Whether it is the main worktree: a linked one may be called `main` too. */
  readonly isMain: boolean;
  readonly session: string;
  readonly agent: string;
  readonly now: () => number;
  readonly randomHex: () => string;
}

/**
 * Appends events to the spool, as the hooks do (hooks/lib.sh, `got_append`): for what happens where a change of the tracked
 * log would make the work tree dirty, in the middle of a merge above all. The next commit takes them along.
 *
 * @throws GotError USAGE for events that can't be written; WRITE_FAILED.
 */
export function appendToSpool(writer: SpoolWriter, events: readonly NewEvent[]): readonly LogEvent[] {
  if (events.length === 0) return [];
  const { commonDir, session, agent, worktree, randomHex } = writer;
  const checked = events.map((event) => checkEvent(event));
  const source = sourceText({ session, agent });
  const author = { source, stampText: createStampText(), session, agent, worktree, randomHex };
  const directory = spoolDirectory(commonDir);
  refuseLink(directory);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new GotError("WRITE_FAILED", `Could not make ${directory}`, { facts: { directory }, cause });
  }
  const clock = openHybridClock(commonDir, writer.now);
  const firstMs = clock.take(events.length);
  clock.close();
  const base = path.join(directory, spoolName(worktree, writer.isMain));
  const file = openSessionFile(`${base}.jsonl`, { sync: false });
  try {
    return checked.map((event, index) => {
      const stampMs = firstMs + index;
      const composed = composeEvent(author, event, stampMs);
      // Longer lines could be torn by the hooks' appends: a file of its own, complete under its name or not there.
      if (composed.line.length > lineBytesMax)
        writeFileAtomic(`${base}.${randomHex()}-${stampMs}.one.jsonl`, composed.line);
      else file.append(composed.line);
      return composed.event;
    });
  } finally {
    file.close();
  }
}

/** Bytes of one event in the spool's common file, as in hooks/lib.sh. */
const lineBytesMax = 1_000;

const nameLengthMax = 150;

/** The part of a spool's file name that stands for a worktree; as `got_name_spool` of hooks/lib.sh makes it. */
export function spoolName(worktree: string, isMain: boolean): string {
  if (isMain) return "main";
  if (worktree === "main") return "%6Dain";
  const bytes = [...Buffer.from(worktree)];
  const encoded = bytes.map((byte, index) => {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9_.-]/.test(character) && !(index === 0 && character === ".");
    return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  const name = encoded.join("");
  return name.length <= nameLengthMax
    ? name
    : `${name.slice(0, 100)}%${posixChecksum(Buffer.from(worktree))}`;
}

/** What POSIX `cksum` prints for these bytes, with a dash between sum and length. */
function posixChecksum(bytes: Uint8Array): string {
  let sum = 0;
  const add = (byte: number): void => {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  };
  for (const byte of bytes) add(byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) add(length & 0xff);
  return `${~sum >>> 0}-${bytes.length}`;
}
