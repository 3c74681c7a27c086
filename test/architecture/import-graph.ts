import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Path from the top of the package (with `/`) to the text of a source file. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  /** The importing file, from the top of the package. */
  readonly from: string;
  /** A file from the top of the package, or the name of a package, or `node:…`. */
  readonly to: string;
  readonly kind: "file" | "package" | "node";
}

/** Reads every `.ts` file below the given folders. */
export function readSources(root: string, folders: readonly string[]): Sources {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const file = path.join(entry.parentPath, entry.name);
      sources.set(path.relative(root, file).split(path.sep).join("/"), readFileSync(file, "utf8"));
    }
  }
  return sources;
}

/** Every import and re-export, of types too, static and dynamic. */
export function importsOf(sources: Sources): Import[] {
  const imports: Import[] = [];
  for (const [from, text] of sources) {
    for (const specifier of specifiers(text)) imports.push({ from, ...target(from, specifier) });
  }
  return imports;
}

function specifiers(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const found: string[] = [];
  for (const pattern of [
    /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g,
  ]) {
    for (const match of code.matchAll(pattern)) found.push(match[1] ?? "");
  }
  return found;
}

function target(from: string, specifier: string): Pick<Import, "to" | "kind"> {
  if (specifier.startsWith("."))
    return { kind: "file", to: path.posix.join(path.posix.dirname(from), specifier) };
  if (specifier.startsWith("node:")) return { kind: "node", to: specifier };
  const [scope = "", name] = specifier.split("/");
  return { kind: "package", to: scope.startsWith("@") ? `${scope}/${name}` : scope };
}
