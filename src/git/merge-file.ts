import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GotError } from "../base/errors.ts";
import type { MergeInputs, MergeOptions } from "../merge/merge-result.ts";
import type { Environment } from "./git-environment.ts";
import { tryGit } from "./run-git.ts";

/** How conflicts are written: with both sides, or with the base between them. */
export type ConflictStyle = "merge" | "diff3" | "zdiff3";

export type TextMerge =
  | { readonly kind: "merged"; readonly bytes: Uint8Array }
  | { readonly kind: "conflict"; readonly bytes: Uint8Array }
  /** git merges no binary files. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Merges three versions line by line with `git merge-file`: for what no driver understands.
 *
 * @throws GotError GIT_FAILED when git can't be started; WRITE_FAILED when the temporary folder can't be written.
 */
export function mergeFile(
  inputs: MergeInputs,
  options: Pick<MergeOptions, "markerSize" | "labels">,
  env: Environment,
  style: ConflictStyle = "merge",
): TextMerge {
  const folder = mkdtempSync(path.join(tmpdir(), "got-merge-file-"));
  try {
    try {
      for (const name of ["base", "ours", "theirs"] as const) {
        writeFileSync(path.join(folder, name), inputs[name] ?? new Uint8Array());
      }
    } catch (cause) {
      throw new GotError("WRITE_FAILED", `Could not write ${folder}`, { facts: { file: folder }, cause });
    }
    const { base, ours, theirs } = options.labels;
    const labels = ["-L", ours, "-L", base, "-L", theirs];
    const size = `--marker-size=${options.markerSize}`;
    const shown = style === "merge" ? [] : [`--${style}`];
    // In place: standard output would go through a decoder, and files need not be UTF-8.
    const done = tryGit({ cwd: folder, env }, [
      "merge-file",
      ...labels,
      size,
      ...shown,
      "ours",
      "base",
      "theirs",
    ]);
    // Up to 127 it is the number of conflicts.
    if (done.status > 127) return { kind: "refused", reason: done.stderr.trim().split("\n")[0] ?? "" };
    return {
      kind: done.status === 0 ? "merged" : "conflict",
      bytes: readFileSync(path.join(folder, "ours")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
