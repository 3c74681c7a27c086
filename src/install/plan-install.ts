import path from "node:path";
import { GotError } from "../base/errors.ts";
import {
  absolutePath,
  type ChainRecord,
  type ConfigRecord,
  emptyRecord,
  type FileRecord,
  type InstallRecord,
  recordPath,
} from "./install-record.ts";
import { withJsonLines } from "./json-part.ts";
import { withBlock, withFirstLine } from "./our-part.ts";
import { entryWithoutUs, planUndo, sameValues, stripped } from "./plan-undo.ts";
import { absent, type Entry, fingerprint, sameEntry, saveEntry } from "./saved-entry.ts";
import { joinShared } from "./shared-hooks.ts";
import { isStub, writtenByManager } from "./stub.ts";
import type { Step, View } from "./step.ts";
import type { Wish, Wishes } from "./wish.ts";

/** What an installation will do, and the record it will leave. */
export interface InstallPlan {
  readonly steps: readonly Step[];
  readonly record: InstallRecord;
  readonly notes: readonly string[];
}

export interface PlanInput {
  readonly wishes: Wishes;
  /** The record of the installation that is there, complete or not. */
  readonly previous: InstallRecord | null;
  readonly gotVersion: string;
  readonly commonDir: string;
  /** Tops of the work trees: paths below them are recorded relative to the common directory. */
  readonly worktrees: readonly string[];
}

/**
 * Compares what is wanted with what is. Pure but for reading through `view`: planning again after applying gives no
 * steps. What an earlier installation wanted and this one does not is taken back.
 *
 * @throws GotError INSTALL_CONFLICT when a path that we have to write is a symbolic link.
 */
export function planInstall(input: PlanInput, view: View): InstallPlan {
  const { previous, commonDir } = input;
  const planned = input.wishes.list.map((wish) => planWish(wish, input, view));
  const wanted = new Set(input.wishes.list.map(wishKey));
  const stale = {
    files: (previous?.files ?? []).filter(
      (file) => !wanted.has(absolutePath(commonDir, file.path)) && !ofOtherWorktree(file, input),
    ),
    chains: (previous?.chains ?? []).filter((chain) => !wanted.has(absolutePath(commonDir, chain.path))),
    config: (previous?.config ?? []).filter((entry) => !wanted.has(`config:${entry.key}`)),
    sharedHooks: previous?.sharedHooks === input.wishes.sharedHooks ? null : (previous?.sharedHooks ?? null),
  };
  const undo = planUndo(stale, commonDir, view);
  const kept = (previous?.files ?? []).filter(
    (file) => !wanted.has(absolutePath(commonDir, file.path)) && ofOtherWorktree(file, input),
  );
  const record: InstallRecord = {
    ...emptyRecord(input.gotVersion, input.wishes.tier),
    files: [...planned.flatMap((one) => one.file ?? []), ...kept],
    chains: planned.flatMap((one) => one.chain ?? []),
    config: planned.flatMap((one) => one.config ?? []),
    directories: previous?.directories ?? [],
    configFile: previous?.configFile ?? null,
    sharedHooks: input.wishes.sharedHooks ?? null,
  };
  const joined =
    input.wishes.sharedHooks === undefined ? [] : joinShared(input.wishes.sharedHooks, commonDir, view);
  return {
    steps: [...undo.steps, ...joined, ...planned.flatMap((one) => one.steps)],
    record,
    notes: [...input.wishes.notes, ...undo.notes],
  };
}

interface Planned {
  readonly steps: readonly Step[];
  readonly file?: FileRecord;
  readonly chain?: ChainRecord;
  readonly config?: ConfigRecord;
}

function wishKey(wish: Wish): string {
  return wish.kind === "config" ? `config:${wish.key}` : wish.path;
}

/** Tracked files that an installation from another worktree wrote stay: that worktree is not looked at now. */
function ofOtherWorktree(file: FileRecord, input: PlanInput): boolean {
  const absolute = absolutePath(input.commonDir, file.path);
  return !absolute.startsWith(input.commonDir + path.sep) && file.how !== "whole" && isTrackedKind(absolute);
}

function isTrackedKind(file: string): boolean {
  return path.basename(file) === ".gitattributes" || file.endsWith(path.join(".got", "config.json"));
}

function planWish(wish: Wish, input: PlanInput, view: View): Planned {
  switch (wish.kind) {
    case "config":
      return planConfig(wish, input, view);
    case "gift":
      return planGift(wish, view);
    case "stub":
      return planStub(wish, input, view);
    case "whole":
    case "seed":
    case "block":
    case "first-line":
    case "json-lines":
      return planFile(wish, input, view);
  }
}

function planFile(wish: FileWish, input: PlanInput, view: View): Planned {
  const current = view.read(wish.path);
  const at = recordPath(input.commonDir, wish.path, input.worktrees);
  const recorded = input.previous?.files.find((file) => file.path === at);
  if (current.kind === "link") throw linked(wish.path, current.target);
  if (wish.kind === "seed" && current.kind === "file")
    return recorded === undefined ? { steps: [] } : { steps: [], file: recorded };
  const inJson = wish.kind === "json-lines" ? { at: wish.at } : {};
  const before =
    recorded === undefined ? unrecordedBefore(wish, current) : entryWithoutUs(recorded, current).entry;
  const to = entryWanted(wish, before, current);
  const file: FileRecord = {
    path: at,
    how: howOf(wish),
    ...inJson,
    before: saveEntry(before),
    after: fingerprint(to),
  };
  return {
    steps: sameEntry(current, to) ? [] : [{ kind: "write", path: wish.path, from: current, to }],
    file,
  };
}

/** Without a record: our lines may be there already (they travel with a clone); what is around them is the user's. */
function unrecordedBefore(wish: FileWish, current: Entry): Entry {
  if (wish.kind === "json-lines") return stripped(current, current, wish.at);
  return howOf(wish) === "part" ? stripped(current, current) : current;
}

function howOf(wish: FileWish): FileRecord["how"] {
  switch (wish.kind) {
    case "whole":
    case "seed":
      return wish.kind;
    case "block":
    case "first-line":
      return "part";
    case "json-lines":
      return "json";
  }
}

type FileWish = Exclude<Wish, { kind: "config" | "stub" | "gift" }>;

function entryWanted(wish: FileWish, before: Entry, current: Entry): Entry {
  if (wish.kind === "whole" || wish.kind === "seed")
    return { kind: "file", mode: wish.mode, content: wish.content };
  const mode = current.kind === "file" ? current.mode : wish.kind === "json-lines" ? 0o644 : wish.mode;
  const from = current.kind === "file" ? current : before;
  const text = from.kind === "file" ? Buffer.from(from.content).toString("latin1") : "";
  return { kind: "file", mode, content: Buffer.from(withOurPart(text, wish), "latin1") };
}

function withOurPart(
  text: string,
  wish: Extract<Wish, { kind: "block" | "first-line" | "json-lines" }>,
): string {
  switch (wish.kind) {
    case "block":
      return withBlock(text, wish.lines.map(asLatin1));
    case "first-line":
      return withFirstLine(text, asLatin1(wish.line));
    case "json-lines":
      return withJsonLines(text, wish.at, wish.lines);
  }
}

/** Our lines as bytes in UTF-8, in a text where each character stands for one byte. */
function asLatin1(line: string): string {
  return Buffer.from(line, "utf8").toString("latin1");
}

function planGift(wish: Extract<Wish, { kind: "gift" }>, view: View): Planned {
  const from = view.read(wish.path);
  if (from.kind !== "absent") return { steps: [] };
  const to: Entry = { kind: "file", mode: wish.mode, content: wish.content };
  return { steps: [{ kind: "write", path: wish.path, from, to }] };
}

function planStub(wish: Extract<Wish, { kind: "stub" }>, input: PlanInput, view: View): Planned {
  const current = view.read(wish.path);
  const chained = view.read(wish.chained);
  const stub: Entry = { kind: "file", mode: wish.mode, content: wish.content };
  const at = recordPath(input.commonDir, wish.path, input.worktrees);
  const chain: ChainRecord = {
    path: at,
    chained: recordPath(input.commonDir, wish.chained, input.worktrees),
    after: fingerprint(stub),
  };
  if (isStub(current) || current.kind === "absent") {
    const steps: Step[] = sameEntry(current, stub)
      ? []
      : [{ kind: "write", path: wish.path, from: current, to: stub }];
    if (chained.kind !== "absent") return { steps, chain };
    return { steps, file: { path: at, how: "whole", before: saveEntry(absent), after: fingerprint(stub) } };
  }
  // A hook that we had set aside and that somebody has put another one in place of since: kept under a third name.
  const aside: Step[] =
    chained.kind === "absent" || sameEntry(chained, current) || writtenByManager(chained)
      ? []
      : [{ kind: "write", path: `${wish.chained}.old`, from: view.read(`${wish.chained}.old`), to: chained }];
  return { steps: [...aside, { kind: "chain", path: wish.path, chained: wish.chained, stub }], chain };
}

function planConfig(wish: Extract<Wish, { kind: "config" }>, input: PlanInput, view: View): Planned {
  const current = view.config(wish.key);
  const recorded = input.previous?.config.find((entry) => entry.key === wish.key);
  const before = recorded !== undefined && sameValues(current, recorded.after) ? recorded.before : current;
  const settled = recorded === undefined && sameValues(current, wish.values) ? [] : before;
  const config: ConfigRecord = { key: wish.key, before: settled, after: wish.values };
  return {
    steps: sameValues(current, wish.values)
      ? []
      : [{ kind: "config", key: wish.key, from: current, to: wish.values }],
    config,
  };
}

function linked(file: string, target: string): GotError {
  return new GotError(
    "INSTALL_CONFLICT",
    `${file} is a symbolic link (to ${target}); install writes only real files there`,
    {
      facts: { file, target },
      hint: "Replace the link with a file, then install again.",
    },
  );
}
