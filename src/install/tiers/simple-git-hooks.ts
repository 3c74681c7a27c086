import path from "node:path";
import { doorLine } from "../door-line.ts";
import type { Wish } from "../wish.ts";
import { entryText, ownersHook, stubWishes, watchWish } from "./stubs.ts";
import type { TierInput } from "./tier-input.ts";

const key = "simple-git-hooks";
/** Programs that it reads before any JSON; we cannot edit those. */
const programs = [".cjs", ".js", ".mjs"].flatMap((extension) => [
  `.${key}${extension}`,
  `${key}${extension}`,
]);

/** Where simple-git-hooks keeps its commands here. */
export type SimpleGitHooksConfig =
  | { readonly kind: "json"; readonly file: string; readonly at: readonly string[] }
  | { readonly kind: "program"; readonly file: string };

/** Null when it is not in use. */
export function simpleGitHooksConfig(
  input: Pick<TierInput, "repository" | "payload" | "view">,
): SimpleGitHooksConfig | null {
  const { topLevel } = input.repository;
  if (topLevel === null) return null;
  const present = (name: string): boolean => input.view.read(path.join(topLevel, name)).kind !== "absent";
  const program = programs.find(present);
  if (program !== undefined) return { kind: "program", file: path.join(topLevel, program) };
  const json = [`.${key}.json`, `${key}.json`].find(present);
  if (json !== undefined) return { kind: "json", file: path.join(topLevel, json), at: [] };
  const manifest = path.join(topLevel, "package.json");
  if (memberIsObject(entryText(input.view.read(manifest))))
    return { kind: "json", file: manifest, at: [key] };
  return input.payload.hookNames.some((name) => isItsScript(input, name))
    ? { kind: "program", file: manifest }
    : null;
}

/**
 * Stubs that chain its scripts; and, as running it again removes every hook that its configuration does not name, a
 * guarded line in each of its commands, so that it writes them itself.
 */
export function simpleGitHooksWishes(
  config: SimpleGitHooksConfig,
  input: TierInput,
): { list: readonly Wish[]; notes: readonly string[] } {
  const directory = input.repository.hooks.directory;
  const list: Wish[] = [...stubWishes(directory, input), watchWish(directory, input)];
  const lines = Object.fromEntries(input.payload.hookNames.map((name) => [name, doorLine("own", name)]));
  if (config.kind === "json") {
    return { list: [...list, { kind: "json-lines", path: config.file, at: config.at, lines }], notes: [] };
  }
  const note =
    `${config.file} is a program, so our lines were not added to its commands: the next run of simple-git-hooks removes our ` +
    `hooks. Run got-hooks install after it`;
  return { list, notes: [note] };
}

function isItsScript(input: Pick<TierInput, "repository" | "view">, name: string): boolean {
  return entryText(ownersHook(input.repository.hooks.directory, name, input)).includes(
    "SKIP_SIMPLE_GIT_HOOKS",
  );
}

function memberIsObject(text: string): boolean {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest !== "object" || manifest === null || !Object.hasOwn(manifest, key)) return false;
    const member: unknown = Reflect.get(manifest, key);
    return typeof member === "object" && member !== null;
  } catch {
    return false;
  }
}
