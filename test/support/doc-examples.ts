import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A fenced piece of code in a document. */
export interface Example {
  readonly file: string;
  /** Of the fence's first line, counted from 1. */
  readonly line: number;
  readonly code: string;
}

export const docsFolder = path.resolve(import.meta.dirname, "../../docs");

/** All pieces of code in `docs/*.md` that are fenced as `language`. */
export function examplesOf(language: string): readonly Example[] {
  return readdirSync(docsFolder)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .flatMap((file) => fencesIn(file, language));
}

function fencesIn(file: string, language: string): Example[] {
  const lines = readFileSync(path.join(docsFolder, file), "utf8").split("\n");
  const found: Example[] = [];
  let start = -1;
  for (const [index, line] of lines.entries()) {
    if (start === -1 && line === `\`\`\`${language}`) start = index;
    else if (start !== -1 && line === "```") {
      found.push({ file, line: start + 1, code: lines.slice(start + 1, index).join("\n") });
      start = -1;
    }
  }
  if (start !== -1) throw new Error(`${file}:${start + 1}: the fence has no end`);
  return found;
}

/** What an example says that it prints: the text behind each `// →`, a line each. */
export function statedOutput(code: string): string {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text = ""]) => `${text}\n`).join("");
}
