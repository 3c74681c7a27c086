/** Makes one word of a POSIX shell command out of any text without a NUL; plain words stay as they are. */
export function shellQuoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that can be pasted into a shell. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(shellQuoted).join(" ");
}
