import { closeSync, constants, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { lastStampMs } from "../model/event.ts";

/** Gives stamps that never run backwards and are later than every stamp seen, whatever the wall clock says. */
export interface HybridClock {
  /** The first of `count` stamps in a row, in milliseconds; all of them are taken. */
  readonly take: (count: number) => number;
  /** Notes a stamp that somebody else has given. */
  readonly see: (stampMs: number) => void;
  readonly close: () => void;
}

/**
 * Opens the clock that all worktrees and the hooks share: `<commonDir>/got/clock`, 13 digits and a newline, overwritten in
 * place, so that a crash can't leave half a number (hooks/lib.sh, `got_tick`). Without a lock: two processes that take a
 * stamp at the same moment may get the same one, and have then not seen each other.
 */
export function openHybridClock(commonDir: string, now: () => number): HybridClock {
  const file = path.join(commonDir, "got", "clock");
  let descriptor: number | null = null;
  let floorMs = 0;
  /** Up to where the file promises that nobody else takes a stamp, as long as it says just that. */
  let reservedMs = 0;
  let takenAtMs = 0;
  /** How often in a row a stamp was taken within a millisecond of the one before. */
  let inHaste = 0;
  const scratch = Buffer.alloc(32);
  const open = (): number => {
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      return openSync(file, constants.O_RDWR | constants.O_CREAT, 0o666);
    } catch (cause) {
      throw new GotError("WRITE_FAILED", `Could not open the clock ${file}`, { facts: { file }, cause });
    }
  };
  return {
    take: (count) => {
      descriptor ??= open();
      const noted = parseClock(scratch, readSync(descriptor, scratch, 0, scratch.length, 0));
      const nowMs = Math.floor(now());
      inHaste = nowMs - takenAtMs <= 1 ? inHaste + 1 : 0;
      takenAtMs = nowMs;
      if (noted === reservedMs) {
        const next = Math.max(nowMs, floorMs + 1);
        if (next + count - 1 <= reservedMs) {
          floorMs = next + count - 1;
          return next;
        }
      }
      const first = Math.max(nowMs, floorMs + 1, noted + 1);
      const last = first + count - 1;
      if (last > lastStampMs) {
        throw new GotError("LIMIT_EXCEEDED", `The clock ${file} is beyond the year 9999`, {
          facts: { file, stampMs: last },
          hint: `Remove ${file}; the newest stamp in the log is found again.`,
        });
      }
      // Who takes stamps faster than the wall clock gives them runs ahead of it anyway, and writes its next ones down at once.
      const isHasty = inHaste >= limits.eventStampsReserved;
      reservedMs = isHasty ? Math.min(last + limits.eventStampsReserved, lastStampMs) : last;
      writeSync(descriptor, scratch, 0, formatClock(scratch, reservedMs), 0);
      floorMs = last;
      return first;
    },
    see: (stampMs) => {
      if (stampMs > floorMs) floorMs = stampMs;
    },
    close: () => {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}

const zero = 0x30;
const lineFeed = 0x0a;
/** Fewer have not been needed since 2001; more are an absurd stamp, up to the year 33658. */
const digitsMin = 13;
const digitsMax = 15;

/** The number in the file; 0 for what the hooks would not accept either. */
function parseClock(bytes: Uint8Array, length: number): number {
  let value = 0;
  let at = 0;
  for (; at < length && bytes[at] !== lineFeed; at++) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9 || (at === 0 && digit === 0)) return 0;
    value = value * 10 + digit;
  }
  return at <= digitsMax ? value : 0;
}

/** Writes 13 digits or more and a newline; returns how many bytes that is. Without a string: this runs for each event. */
function formatClock(bytes: Uint8Array, value: number): number {
  const digits = Math.max(digitsMin, String(value).length);
  let rest = value;
  for (let at = digits - 1; at >= 0; at--) {
    bytes[at] = zero + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  bytes[digits] = lineFeed;
  return digits + 1;
}
