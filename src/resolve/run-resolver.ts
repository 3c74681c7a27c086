import { spawn } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../git/git-environment.ts";
import { hasConflictMarkers } from "../merge/conflict-markers.ts";
import { resolverLimits } from "./resolver-limits.ts";

export interface ResolverTask {
  readonly command: string;
  /** Path of the file, from the top of the work tree; never opened. */
  readonly path: string;
  /** The three versions; null where there is none. */
  readonly base: Buffer | null;
  readonly ours: Buffer | null;
  readonly theirs: Buffer | null;
  /** The file with conflict markers. */
  readonly conflicted: Buffer;
  readonly markerSize: number;
  readonly operation: string;
  readonly workTree: string;
  readonly temporary: string;
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type ResolverResult =
  | { readonly kind: "resolved"; readonly bytes: Buffer; readonly output: string }
  | { readonly kind: "refused"; readonly reason: string; readonly output: string };

/**
 * Runs a resolver on one file, in a process group of its own that is killed when it takes too long or we are interrupted, and in any case at the end.
 * It gets copies in a temporary folder; what it made of the conflicted one comes back, if there are no markers left in it.
 */
export async function runResolver(task: ResolverTask): Promise<ResolverResult> {
  const folder = mkdtempSync(path.join(task.temporary, "got-resolver-"));
  try {
    const name = path
      .basename(task.path)
      .replaceAll(/[^A-Za-z0-9_.-]/g, "_")
      .slice(-100);
    const files = { base: "", ours: "", theirs: "", file: "" };
    for (const which of ["base", "ours", "theirs", "file"] as const) {
      // The name's end tells editors and agents what language it is.
      files[which] = path.join(folder, which, name === "" || name.startsWith("-") ? `_${name}` : name);
      mkdirSync(path.dirname(files[which]));
      writeFileSync(files[which], (which === "file" ? task.conflicted : task[which]) ?? Buffer.alloc(0));
    }
    const ended = await run(task, files);
    const refused = (reason: string): ResolverResult => ({ kind: "refused", reason, output: ended.output });
    if (ended.failure !== null) return refused(ended.failure);
    const stat = lstatSync(files.file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return refused("it left no file");
    if (stat.size > resolverLimits.fileBytes)
      return refused(`it left more than ${resolverLimits.fileBytes} bytes`);
    const bytes = readFileSync(files.file);
    const text = bytes.toString("latin1");
    if (hasConflictMarkers(text, task.markerSize) || hasMarker(text, task.markerSize))
      return refused("it left conflict markers");
    return { kind: "resolved", bytes, output: ended.output };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Half a conflict is one too. */
function hasMarker(text: string, size: number): boolean {
  return new RegExp(`^(?:<{${size}}|>{${size}}|\\|{${size}})(?: |\\r?$)`, "m").test(text);
}

function run(
  task: ResolverTask,
  files: Readonly<Record<"base" | "ours" | "theirs" | "file", string>>,
): Promise<{ readonly failure: string | null; readonly output: string }> {
  const { command, workTree, env, timeoutMs, signal } = task;
  const { base, ours, theirs, file } = files;
  return new Promise((resolve) => {
    // Like git's own commands from its configuration: a line of shell, with the files as arguments.
    const child = spawn("sh", ["-c", `${command} "$@"`, command, base, ours, theirs, file, task.path], {
      cwd: workTree,
      env: {
        ...env,
        GOT_BASE: base,
        GOT_OURS: ours,
        GOT_THEIRS: theirs,
        GOT_FILE: file,
        GOT_PATH: task.path,
        GOT_OPERATION: task.operation,
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    let isLate = false;
    const keep = (chunk: string): void => {
      output = (output + chunk).slice(-resolverLimits.outputBytes);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const killGroup = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // Nobody of the group is left.
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      killGroup();
    }, timeoutMs);
    // Its group is not the terminal's: an interrupt does not reach it.
    signal.addEventListener("abort", killGroup);
    const end = (failure: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", killGroup);
      killGroup();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ failure, output });
    };
    child.on("error", () => end("it could not be started"));
    // Not `close`: what it left in the background may hold its output open.
    child.on("exit", (code, ender) => {
      if (signal.aborted) end("it was interrupted");
      else if (isLate) end(`it took longer than ${timeoutMs / 1000} s`);
      else if (ender !== null) end(`it was ended by ${ender}`);
      else end(code === 0 ? null : `it ended with status ${code}`);
    });
  });
}
