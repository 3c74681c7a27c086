import { oneLine } from "../printable.ts";

/**
 * Sets rows of cells under a head, each column as wide as its widest cell; cells that are longer than `cellLength` are cut.
 * Line breaks in cells are shown as `\n`, so that a row stays one line.
 */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly indent?: string; readonly cellLength?: number } = {},
): string {
  const cellLength = options.cellLength ?? 40;
  const cells = [head, ...rows].map((row) => row.map((cell) => cut(cell, cellLength)));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  return cells
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `${options.indent ?? ""}${line.trimEnd()}\n`)
    .join("");
}

function cut(cell: string, length: number): string {
  const line = oneLine(cell);
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
