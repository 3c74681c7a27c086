import path from "node:path";
import { lineMark } from "./our-part.ts";
import type { Entry } from "./saved-entry.ts";
import { isStub, writtenByManager } from "./stub.ts";
import type { View } from "./step.ts";

/** Whether git, calling one hook, gets to ours. */
export interface HookReach {
  readonly name: string;
  /** Where git looks, or the configuration key. */
  readonly place: string;
  /** How it gets from there to us; null when it does not. */
  readonly through: "stub" | "line" | "husky" | "lefthook" | "pre-commit" | "config" | null;
  /** Why not, as a sentence without its full stop; null when it does. */
  readonly problem: string | null;
}

/** Follows git's way through a hooks directory, as far as files show it. */
export function hookReach(
  name: string,
  place: { readonly directory: string; readonly topLevel: string | null },
  view: Pick<View, "read">,
): HookReach {
  const file = path.join(place.directory, name);
  const entry = followed(file, view);
  const fail = (problem: string): HookReach => ({ name, place: file, through: null, problem });
  const reached = (through: HookReach["through"]): HookReach => ({
    name,
    place: file,
    through,
    problem: null,
  });
  if (entry.kind !== "file") return fail(`${file} is missing`);
  if ((entry.mode & 0o111) === 0) return fail(`${file} is not executable, so git ignores it`);
  if (isStub(entry)) return reached("stub");
  if (hasDoor(entry)) return reached("line");
  if (path.basename(place.directory) === "_") {
    const script = path.join(path.dirname(place.directory), name);
    return hasDoor(view.read(script)) ? reached("husky") : fail(`${script} does not call got-hooks`);
  }
  if (isStub(view.read(`${file}.legacy`)) && writtenByManager(entry)) return reached("pre-commit");
  if (place.topLevel !== null && text(entry).includes("LEFTHOOK")) {
    const local = view.read(path.join(place.topLevel, "lefthook-local.yml"));
    if (text(local).includes(`beside ${name} `)) return reached("lefthook");
  }
  return fail(`${file} is somebody else's and does not call got-hooks`);
}

function hasDoor(entry: Entry): boolean {
  return text(entry)
    .split("\n")
    .some((line) => line.includes("/got/bin/door") && line.trimEnd().endsWith(lineMark));
}

function followed(file: string, view: Pick<View, "read">): Entry {
  let entry = view.read(file);
  let at = file;
  for (let hops = 0; entry.kind === "link" && hops < mostLinks; hops++) {
    at = path.resolve(path.dirname(at), entry.target);
    entry = view.read(at);
  }
  return entry;
}

/** As many symbolic links as Linux follows. */
const mostLinks = 40;

function text(entry: Entry): string {
  return entry.kind === "file" ? Buffer.from(entry.content).toString("latin1") : "";
}
