/**
 * Our part in a file that belongs to somebody else: a block of lines between two markers, or single lines that end
 * with one. Text outside is never touched.
 */
const blockStart = "# >>> got-hooks >>>";
const blockEnd = "# <<< got-hooks <<<";
/** The end of a line that is ours; nothing else in the line is looked at. */
export const lineMark = "# got-hooks";

/** Puts `lines` between the markers: in place of the block that is there, else at the end. */
export function withBlock(text: string, lines: readonly string[]): string {
  const block = `${[blockStart, ...lines, blockEnd].join("\n")}\n`;
  const found = findBlock(text);
  if (found !== null) return text.slice(0, found.start) + block + text.slice(found.end);
  return text === "" || text.endsWith("\n") ? text + block : `${text}\n${block}`;
}

/** Puts `line` (which ends with the mark) first, after a `#!` line; a line of ours that is there is replaced. */
export function withFirstLine(text: string, line: string): string {
  const rest = withoutOurPart(text);
  const shebang = /^#![^\n]*(\n|$)/.exec(rest)?.[0] ?? "";
  const head = shebang === "" || shebang.endsWith("\n") ? shebang : `${shebang}\n`;
  return `${head}${line}\n${rest.slice(shebang.length)}`;
}

/** The text without our block and our lines. */
export function withoutOurPart(text: string): string {
  let rest = text;
  for (let found = findBlock(rest); found !== null; found = findBlock(rest)) {
    rest = rest.slice(0, found.start) + rest.slice(found.end);
  }
  return rest
    .split(/(?<=\n)/)
    .filter((line) => !line.trimEnd().endsWith(` ${lineMark}`))
    .join("");
}

/** From the start of the opening marker's line to the end of the closing one's; a block that is never closed is not one. */
function findBlock(text: string): { start: number; end: number } | null {
  const opened = new RegExp(`^${blockStart}\\r?$`, "m").exec(text);
  if (opened === null) return null;
  const closed = new RegExp(`^${blockEnd}\\r?(\\n|$)`, "m").exec(text.slice(opened.index));
  if (closed === null) return null;
  return { start: opened.index, end: opened.index + closed.index + closed[0].length };
}
