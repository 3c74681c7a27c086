import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";

/** Keeps what is about to be replaced in a file of the work tree, in `<git-dir>/got/kept`. @returns where. */
export function keepContent(gitDir: string, file: string, bytes: Buffer): string {
  const folder = path.join(gitDir, "got", "kept");
  const name = path
    .basename(file)
    .replaceAll(/[^A-Za-z0-9_.-]/g, "_")
    .slice(-100);
  const target = path.join(folder, `${randomBytes(4).toString("hex")}-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(target, bytes);
  return target;
}
