import { GotError } from "../base/errors.ts";
import { lockLimits } from "./lock-limits.ts";

/**
 * Checks a resource name: `/`-separated, not empty, well-formed Unicode, no NUL, short enough to be a file name when encoded.
 * Names are compared byte by byte: no case folding, no normalisation, `..` means nothing.
 *
 * @throws GotError USAGE
 */
export function checkResource(resource: string): void {
  const complaint = complaintAbout(resource);
  if (complaint === undefined) return;
  const shown = JSON.stringify(resource.length > 60 ? `${resource.slice(0, 60)}…` : resource);
  throw new GotError("USAGE", `${shown} is no name for a lock: ${complaint}`, { facts: { resource: shown } });
}

function complaintAbout(resource: string): string | undefined {
  if (resource === "") return "it is empty";
  if (resource.includes("\0")) return "it has a NUL character";
  if (/\p{Surrogate}/u.test(resource)) return "it has half of a surrogate pair";
  if (
    resource.length > lockLimits.resourceBytes ||
    encodeResource(resource).length > lockLimits.resourceBytes
  ) {
    return `encoded it is longer than ${lockLimits.resourceBytes} bytes`;
  }
  return undefined;
}

/**
 * Encodes a name as one file name: bytes outside `A-Za-z0-9_.-`, and a leading `.`, become `%XX`. A file system that folds case
 * gives `T` and `t` one directory: they then exclude each other, which is more than was asked for and never less.
 */
export function encodeResource(resource: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(resource)) return resource;
  let encoded = "";
  for (const [index, byte] of Buffer.from(resource, "utf8").entries()) {
    const character = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9_-]/.test(character) || (character === "." && index > 0);
    encoded += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The inverse; `undefined` for what `encodeResource` never makes. */
export function decodeResource(name: string): string | undefined {
  let resource: string;
  try {
    resource = decodeURIComponent(name);
  } catch {
    return undefined;
  }
  return resource !== "" && encodeResource(resource) === name ? resource : undefined;
}
