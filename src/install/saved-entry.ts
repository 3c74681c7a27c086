import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { GotError } from "../base/errors.ts";

/** What stands at a path: nothing, a file with its permission bits, or a symbolic link. */
export type Entry =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly mode: number; readonly content: Uint8Array }
  | { readonly kind: "link"; readonly target: string };

export const absent: Entry = { kind: "absent" };

/** An entry as `install.json` keeps it. Content that is no valid UTF-8 is kept as base64; modes are octal text. */
export type SavedEntry =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly mode: string; readonly text: string }
  | { readonly kind: "file"; readonly mode: string; readonly base64: string }
  | { readonly kind: "link"; readonly target: string };

/**
 * Reads what stands at `path`, without following a symbolic link.
 *
 * @throws GotError UNREADABLE_INPUT for a directory, a device, or a file that may not be read.
 */
export function readEntry(path: string): Entry {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return absent;
    if (found.isSymbolicLink()) return { kind: "link", target: readlinkSync(path) };
    if (found.isFile()) return { kind: "file", mode: found.mode & 0o7777, content: readFileSync(path) };
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOTDIR") return absent;
    throw new GotError("UNREADABLE_INPUT", `Could not read ${path}`, { facts: { path }, cause });
  }
  throw new GotError("UNREADABLE_INPUT", `${path} is neither a file nor a symbolic link`, {
    facts: { path },
  });
}

export function saveEntry(entry: Entry): SavedEntry {
  if (entry.kind !== "file") return entry;
  const mode = entry.mode.toString(8).padStart(4, "0");
  const text = Buffer.from(entry.content).toString("utf8");
  const lossless = Buffer.from(text, "utf8").equals(entry.content);
  return lossless
    ? { kind: "file", mode, text }
    : { kind: "file", mode, base64: Buffer.from(entry.content).toString("base64") };
}

export function loadEntry(saved: SavedEntry): Entry {
  if (saved.kind !== "file") return saved;
  const content = "text" in saved ? Buffer.from(saved.text, "utf8") : Buffer.from(saved.base64, "base64");
  return { kind: "file", mode: Number.parseInt(saved.mode, 8), content };
}

/** A short text that is equal for equal entries only; what `install.json` keeps of the entries we wrote. */
export function fingerprint(entry: Entry): string {
  if (entry.kind === "absent") return "absent";
  if (entry.kind === "link") return `link:${entry.target}`;
  return `${entry.mode.toString(8).padStart(4, "0")}:${createHash("sha256").update(entry.content).digest("hex")}`;
}

export function sameEntry(one: Entry, other: Entry): boolean {
  return fingerprint(one) === fingerprint(other);
}
