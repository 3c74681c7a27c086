import path from "node:path";
import { type ByteFile, openByteFile } from "../base/byte-file.ts";
import { GotError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { type FileInput, listInputs } from "./list-inputs.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem } from "./log.ts";
import { listSpool } from "./spool.ts";

/** Where all events of a repository are: in the tracked logs of its work trees, and in the spool that they share. */
export interface EventPlaces {
  readonly commonDir: string;
  /** Tops of the work trees whose logs are read. */
  readonly workTrees: readonly string[];
}

/** Files to read as one log. What is being folded meanwhile is in them, once or twice. */
export interface AllInputs {
  /** `name` is the path of the file. */
  readonly inputs: readonly LogInput[];
  readonly close: () => void;
}

/**
 * Opens the spool, then lists the tracked logs. In this order, because events move from the first to the second: a file that
 * was opened keeps its events however it is renamed or removed, and what had left the spool before is in a log by then.
 * A work tree whose log can't be read is reported, and the others are read.
 *
 * @throws GotError UNREADABLE_INPUT when the spool can't be read.
 */
export function openAllInputs(places: EventPlaces, onProblem: (problem: LogProblem) => void): AllInputs {
  const spool = holdSpool(places.commonDir, onProblem);
  return { inputs: [...listTracked(places.workTrees, onProblem), ...spool.inputs], close: spool.close };
}

/** All files with events as they are called now, for who looks again and again. */
export function listAllInputs(
  places: EventPlaces,
  onProblem: (problem: LogProblem) => void,
): readonly FileInput[] {
  return [...listSpool(places.commonDir), ...listTracked(places.workTrees, onProblem)];
}

/**
 * Linked worktrees have nearly the same logs. Of files with one name those are left out whose bytes another begins with:
 * what is in them is in that one.
 */
function listTracked(
  workTrees: readonly string[],
  onProblem: (problem: LogProblem) => void,
): readonly FileInput[] {
  const byName = new Map<string, FileInput[]>();
  for (const workTree of workTrees) {
    const root = path.join(workTree, ".got");
    const report = (problem: LogProblem): void => {
      onProblem({ ...problem, file: path.join(root, problem.file) });
    };
    for (const input of inputsOf(workTree, report)) {
      const same = byName.get(input.name);
      if (same === undefined) byName.set(input.name, [input]);
      else same.push(input);
    }
  }
  return [...byName.values()].flatMap((same) =>
    withoutCopies(same).map((input) => ({ ...input, name: input.path })),
  );
}

function inputsOf(workTree: string, onProblem: (problem: LogProblem) => void): readonly FileInput[] {
  try {
    return listInputs(workTree, onProblem);
  } catch (error) {
    if (!(error instanceof GotError)) throw error;
    onProblem({ file: "", line: null, reason: error.message });
    return [];
  }
}

function withoutCopies(files: readonly FileInput[]): readonly FileInput[] {
  if (files.length === 1) return files;
  const kept: FileInput[] = [];
  for (const file of files.toSorted((left, right) => right.size - left.size)) {
    if (!kept.some((larger) => beginsWith(larger, file))) kept.push(file);
  }
  return kept;
}

const pieceBytes = 1024 * 1024;

/** True when all bytes of `shorter` are the first of `longer`; an archive has to be the same. */
function beginsWith(longer: FileInput, shorter: FileInput): boolean {
  if (shorter.kind === "archive" && longer.size !== shorter.size) return false;
  const opened: ByteFile[] = [];
  try {
    const [left, right] = [longer.open(), shorter.open()];
    opened.push(left, right);
    for (let at = 0; at < right.size; at += pieceBytes) {
      const length = Math.min(pieceBytes, right.size - at);
      if (Buffer.compare(left.read(at, length), right.read(at, length)) !== 0) return false;
    }
    return true;
  } catch {
    // Whoever reads it is told why it can't be read.
    return false;
  } finally {
    for (const file of opened) file.close();
  }
}

/** Opens every file of the spool; looks again until nothing was renamed between the look and the opening. */
function holdSpool(commonDir: string, onProblem: (problem: LogProblem) => void): AllInputs {
  const held = new Map<string, ByteFile>();
  let heldBytes: number = limits.eventHeldBytes;
  let before = "";
  for (let count = 0; count < limits.eventAppendAttempts; count++) {
    const files = listSpool(commonDir);
    let isComplete = true;
    for (const { path: file } of files) {
      if (held.has(file)) continue;
      try {
        const opened = openByteFile(file);
        const fits = opened.size <= Math.min(limits.eventHeldFileBytes, heldBytes);
        if (fits) heldBytes -= opened.size;
        held.set(file, fits ? inMemory(opened) : opened);
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") isComplete = false;
        else onProblem({ file, line: null, reason: `it can't be read: ${String(error)}` });
      }
    }
    const names = files.map(({ path: file }) => file).join("\n");
    if (isComplete && names === before) break;
    before = names;
  }
  return {
    inputs: [...held].map(([name, file]) => ({
      name,
      kind: "log" as const,
      size: file.size,
      // Read more than once, closed by us.
      open: () => ({ ...file, close: () => {} }),
    })),
    close: () => {
      for (const file of held.values()) file.close();
    },
  };
}

function inMemory(file: ByteFile): ByteFile {
  const bytes = file.read(0, file.size);
  file.close();
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    close: () => {},
  };
}
