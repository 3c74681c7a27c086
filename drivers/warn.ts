/** Says one line on stderr. Control characters of paths and file contents never reach the terminal. */
export function warn(about: string, message: string): void {
  const line = `got-hooks: ${about}: ${message}`.replace(/\p{Cc}/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  process.stderr.write(`${line.length > 1000 ? `${line.slice(0, 1000)}…` : line}\n`);
}
