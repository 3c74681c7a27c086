/**
 * A name of a file as git has it, with a character for each byte: file names need not be UTF-8, and two that differ must
 * not become one. Compare, sort and keep names in this form; turn them into the others at the edges.
 */
export type ByteName = string;

/** As people read it, and as policies match it. */
export function textOfName(name: ByteName): string {
  return Buffer.from(name, "latin1").toString("utf8");
}

/** As git reads it, and as the file system opens it. */
export function bytesOfName(name: ByteName): Buffer {
  return Buffer.from(name, "latin1");
}

/** The file of that name below a directory. */
export function fileOfName(directory: string, name: ByteName): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), bytesOfName(name)]);
}

/** Ended by NUL bytes, for git's `-z`. */
export function zeroEndedNames(names: readonly ByteName[]): Buffer {
  return bytesOfName(names.map((name) => `${name}\0`).join(""));
}
