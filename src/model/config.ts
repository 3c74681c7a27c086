import { limits } from "../base/limits.ts";
import { isPlainObject, type PlainJson } from "./json/plain-json.ts";
import { type ParsedSections, parseSections, type Report } from "./config-sections.ts";
import { noPolicy, type Policy } from "./policy.ts";
import { parsePolicySections } from "./policy-config.ts";

/** What a repository may propose a command for. */
export const commandKinds = ["resolver"] as const;
export type CommandKind = (typeof commandKinds)[number];

/** `.got/config.json`, parsed. Unknown keys are ignored: a newer version may have written them. */
export interface Config {
  readonly policy: Policy;
  readonly events: { readonly track: boolean; readonly autoCommit: boolean };
  readonly hooks: { readonly serialize: boolean };
  /** Proposals only, by kind: nothing of this runs before its user has approved the exact text (`got-hooks trust`). */
  readonly commands: ReadonlyMap<CommandKind, string>;
  /** Patterns of resources that `coordinate()` always locks, beside the built-in ones. Never where the locks are. */
  readonly locks: { readonly critical: readonly string[] };
  /** The share of tries (above 0, at most 1) that may meet a conflict or a queue before `metrics contention` alerts. */
  readonly metrics: { readonly contentionAlert: number };
}

export type ParsedConfig = ParsedSections<Config>;

export const defaultConfig: Config = {
  policy: noPolicy,
  events: { track: true, autoCommit: false },
  hooks: { serialize: false },
  commands: new Map(),
  locks: { critical: [] },
  metrics: { contentionAlert: 0.3 },
};

/** Parses the text of `.got/config.json`; every problem is listed, not only the first. */
export function parseConfig(text: string): ParsedConfig {
  return parseSections(text, (root, report): Config => ({
    policy: parsePolicySections(root, report),
    events: {
      track: flag(root["events"], "events", "track", true, report),
      // Only a wish: see docs/event-log.md.
      autoCommit: flag(root["events"], "events", "autoCommit", false, report),
    },
    hooks: { serialize: flag(root["hooks"], "hooks", "serialize", false, report) },
    commands: parseCommands(root["commands"], report),
    locks: { critical: parseCritical(root["locks"], report) },
    metrics: { contentionAlert: parseAlert(root["metrics"], report) },
  }));
}

/** Characters of a command that a repository proposes. */
const commandLengthMax = 10_000;

function parseCommands(section: PlainJson | undefined, report: Report): ReadonlyMap<CommandKind, string> {
  const commands = new Map<CommandKind, string>();
  if (section === undefined) return commands;
  if (!isPlainObject(section)) return report("commands", "must be an object") ?? commands;
  for (const kind of commandKinds) {
    const text = section[kind];
    if (text === undefined) continue;
    if (
      typeof text !== "string" ||
      text.trim() === "" ||
      text.length > commandLengthMax ||
      text.includes("\0")
    )
      report(`commands.${kind}`, `must be a command of 1 to ${commandLengthMax} characters`);
    else commands.set(kind, text);
  }
  return commands;
}

function parseCritical(section: PlainJson | undefined, report: Report): readonly string[] {
  if (section === undefined) return [];
  if (!isPlainObject(section)) return report("locks", "must be an object") ?? [];
  const patterns = section["critical"];
  if (patterns === undefined) return [];
  if (!Array.isArray(patterns)) return report("locks.critical", "must be a list of patterns") ?? [];
  if (patterns.length > limits.criticalPatterns) {
    return (
      report("locks.critical", `has ${patterns.length} patterns; at most ${limits.criticalPatterns}`) ?? []
    );
  }
  return patterns.flatMap((pattern, index) =>
    typeof pattern === "string" && pattern !== "" && !pattern.includes("\0")
      ? [pattern]
      : (report(`locks.critical[${index}]`, "must be a resource's name or a pattern of names") ?? []),
  );
}

function parseAlert(section: PlainJson | undefined, report: Report): number {
  const otherwise = defaultConfig.metrics.contentionAlert;
  if (section === undefined) return otherwise;
  if (!isPlainObject(section)) return report("metrics", "must be an object") ?? otherwise;
  const share = section["contentionAlert"] ?? otherwise;
  if (typeof share === "number" && share > 0 && share <= 1) return share;
  return report("metrics.contentionAlert", "must be a share above 0 and at most 1, e.g. 0.3") ?? otherwise;
}

function flag(
  section: PlainJson | undefined,
  at: string,
  name: string,
  otherwise: boolean,
  report: Report,
): boolean {
  if (section === undefined) return otherwise;
  if (!isPlainObject(section)) return report(at, "must be an object") ?? otherwise;
  const value = section[name] ?? otherwise;
  return typeof value === "boolean" ? value : (report(`${at}.${name}`, "must be true or false") ?? otherwise);
}
