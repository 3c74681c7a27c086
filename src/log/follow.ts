import type { ByteFile } from "../base/byte-file.ts";
import type { LogEvent } from "../model/event.ts";
import { Bell } from "./bell.ts";
import { wholeBytes } from "./judge-file.ts";
import type { FileInput } from "./list-inputs.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem } from "./log.ts";
import { readEvents } from "./read-events.ts";
import { sliceInput } from "./slice-input.ts";

export interface FollowSource {
  /** The files as they are called now. */
  readonly list: () => readonly FileInput[];
  /** Folders whose changes are worth a look. */
  readonly folders: () => readonly string[];
  readonly signal: AbortSignal;
  readonly onProblem: (problem: LogProblem) => void;
}

/**
 * Follows some logs. `before` yields what they hold now, in total order, and is to be read to its end first; `after` what comes in from
 * then on, until the signal: each event once, wherever it moves; each look's in total order. An event that a merge brings in is new,
 * however old it is. Remembers every id. Of a file that has only grown, only what is new is read.
 */
export class Follower {
  readonly #source: FollowSource;
  readonly #bell: Bell;
  readonly #known = new Set<string>();
  readonly #places = new Map<string, Place>();

  constructor(source: FollowSource) {
    this.#source = source;
    // From here on every change is noticed, also while we read.
    this.#bell = new Bell(source.folders, source.signal);
  }

  *before(): Generator<LogEvent, void, void> {
    yield* this.#look(this.#source.onProblem);
  }

  async *after(): AsyncGenerator<LogEvent, void, void> {
    while (!this.#source.signal.aborted) {
      // A file that went away since it was listed is found under its new name by the next look.
      for (const event of this.#look(() => {})) {
        if (this.#source.signal.aborted) return;
        yield event;
      }
      await this.#bell.wait();
    }
  }

  close(): void {
    this.#bell.close();
  }

  *#look(onProblem: (problem: LogProblem) => void): Generator<LogEvent, void, void> {
    for (const event of readEvents(this.#news(onProblem), { onProblem })) {
      if (this.#known.has(event.id)) continue;
      this.#known.add(event.id);
      yield event;
    }
  }

  /** The files, or ends of files, that may hold something new. */
  #news(onProblem: (problem: LogProblem) => void): readonly LogInput[] {
    const files = this.#source.list();
    const names = new Set(files.map(({ path }) => path));
    for (const name of this.#places.keys()) if (!names.has(name)) this.#places.delete(name);
    return files.flatMap((input) => {
      const place = this.#places.get(input.path);
      if (place !== undefined && place.size === input.size && place.changedMs === input.changedMs) return [];
      if (input.kind === "archive") {
        this.#places.set(input.path, {
          size: input.size,
          changedMs: input.changedMs,
          read: 0,
          guard: noBytes,
        });
        return [input];
      }
      const news = newPart(input, place, onProblem);
      if (news === null) {
        this.#places.delete(input.path);
        return [];
      }
      this.#places.set(input.path, news.place);
      return news.part.size > 0 ? [news.part] : [];
    });
  }
}

/** How far a file has been read. */
interface Place {
  readonly size: number;
  readonly changedMs: number;
  /** Bytes that were read, to the end of a line. */
  readonly read: number;
  /** The last bytes before that: the file has only grown while they stand there. They hold an id, or most of one. */
  readonly guard: Uint8Array;
}

const noBytes = new Uint8Array();
const guardBytes = 512;

/** Null when the file is gone. */
function newPart(
  input: FileInput,
  place: Place | undefined,
  onProblem: (problem: LogProblem) => void,
): { readonly part: FileInput; readonly place: Place } | null {
  let file: ByteFile;
  try {
    file = input.open();
  } catch (error) {
    onProblem({ file: input.name, line: null, reason: `it can't be read: ${String(error)}` });
    return null;
  }
  try {
    const end = wholeBytes(file);
    const from = place !== undefined && hasOnlyGrown(file, place) ? place.read : 0;
    const guardStart = Math.max(0, end - guardBytes);
    return {
      part: sliceInput(input, from, end),
      place: {
        size: input.size,
        changedMs: input.changedMs,
        read: end,
        guard: Uint8Array.from(file.read(guardStart, end - guardStart)),
      },
    };
  } finally {
    file.close();
  }
}

function hasOnlyGrown(file: ByteFile, { read, guard }: Place): boolean {
  if (file.size < read) return false;
  return Buffer.compare(file.read(read - guard.length, guard.length), guard) === 0;
}
