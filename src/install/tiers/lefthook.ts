import path from "node:path";
import { besideCommand } from "../door-line.ts";
import { withoutOurPart } from "../our-part.ts";
import type { Wish } from "../wish.ts";
import { entryText, ownersHook, stubWishes, watchWish } from "./stubs.ts";
import type { TierInput } from "./tier-input.ts";

/** The text in every script that lefthook writes; it takes any script that has it for its own. */
const lefthookMark = "LEFTHOOK";
const configNames = ["lefthook", ".lefthook", path.join(".config", "lefthook")];
const extensions = [".yml", ".yaml", ".toml", ".json"];
const localName = "lefthook-local.yml";

/** The hooks that lefthook manages here; null when it is not in use. */
export function lefthookHooks(input: TierInput): readonly string[] | null {
  const directory = input.repository.hooks.directory;
  const texts = configTexts(input);
  const managed = input.payload.hookNames.filter(
    (name) =>
      entryText(ownersHook(directory, name, input)).includes(lefthookMark) ||
      texts.some((text) => new RegExp(`^["']?${name}["']?\\s*:|^\\[${name}[\\].]`, "m").test(text)),
  );
  return texts.length > 0 || managed.length > 0 ? managed : null;
}

/**
 * Stubs that chain lefthook's scripts; and, for after `lefthook install` has written over them, a job in
 * `lefthook-local.yml` that runs our hook when no stub did.
 */
export function lefthookWishes(
  managed: readonly string[],
  input: TierInput,
): { list: readonly Wish[]; notes: readonly string[] } {
  const { repository, place } = input;
  const directory = repository.hooks.directory;
  const list: Wish[] = [...stubWishes(directory, input), watchWish(directory, input)];
  if (place.topLevel === null || managed.length === 0) return { list, notes: [] };
  const file = path.join(place.topLevel, localName);
  const users = withoutOurPart(entryText(input.view.read(file)));
  const clash = managed.find((name) => new RegExp(`^["']?${name}["']?\\s*:`, "m").test(users));
  if (clash !== undefined) {
    const note =
      `${file} has jobs for ${clash} already, so ours was not added: after "lefthook install", ` +
      `${clash} runs without got-hooks until another hook or got-hooks install puts it back`;
    return { list, notes: [note] };
  }
  list.push({ kind: "block", path: file, mode: place.modes.file, lines: managed.flatMap(localJob) });
  if (users === "") {
    const exclude = path.join(place.commonDir, "info", "exclude");
    list.push({ kind: "block", path: exclude, mode: place.modes.file, lines: [`/${localName}`] });
  }
  return { list, notes: [] };
}

function localJob(hook: string): readonly string[] {
  // YAML single quotes: only the quote itself needs doubling. {0} is all arguments, as lefthook writes them.
  const run = besideCommand(hook, " {0}").replaceAll("'", "''");
  return [`${hook}:`, "  jobs:", "    - name: got-hooks", "      use_stdin: true", `      run: '${run}'`];
}

function configTexts(input: TierInput): readonly string[] {
  const { topLevel } = input.repository;
  if (topLevel === null) return [];
  const files = configNames.flatMap((name) =>
    extensions.map((extension) => path.join(topLevel, name + extension)),
  );
  return files.map((file) => entryText(input.view.read(file))).filter((text) => text !== "");
}
