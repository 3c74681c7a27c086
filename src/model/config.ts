import { limits } from "../base/limits.ts";
import { parseJson } from "./json/parse-json.ts";
import { isPlainObject, type PlainJson, plainJson } from "./json/plain-json.ts";
import {
  deletionRules,
  driverKinds,
  type FieldRule,
  type PathRule,
  type Policy,
  ruleNames,
  type TypePolicy,
  wholeStrategies,
} from "./policy.ts";

/** The newest `.got/config.json` this version understands. */
export const configVersion = 1;

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

/** One thing that is wrong with a configuration, and where, e.g. `merge.task.tags`. */
export interface ConfigProblem {
  readonly at: string;
  readonly reason: string;
}

export type ParsedConfig =
  | { readonly kind: "parsed"; readonly config: Config }
  | { readonly kind: "invalid"; readonly problems: readonly [ConfigProblem, ...ConfigProblem[]] };

export const defaultConfig: Config = {
  policy: { types: new Map(), paths: [] },
  events: { track: true, autoCommit: false },
  hooks: { serialize: false },
  commands: new Map(),
  locks: { critical: [] },
  metrics: { contentionAlert: 0.3 },
};

/** Parses the text of `.got/config.json`; every problem is listed, not only the first. */
export function parseConfig(text: string): ParsedConfig {
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") {
    const { reason, line, column } = parsed.problem;
    return {
      kind: "invalid",
      problems: [{ at: `line ${line}, column ${column}`, reason: `not valid JSON: ${reason}` }],
    };
  }
  const problems: ConfigProblem[] = [];
  const report = (at: string, reason: string): undefined => void problems.push({ at, reason });
  const value = plainJson(parsed.document.root);
  if (!isPlainObject(value)) report("/", "must be an object");
  const root = isPlainObject(value) ? value : {};
  const version = root["version"] ?? configVersion;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    report("version", "must be a positive integer");
  } else if (version > configVersion) {
    report("version", `is ${version}; this got-hooks understands ${configVersion}: upgrade it`);
  }
  const config: Config = {
    policy: { types: parseTypes(root["merge"], report), paths: parsePaths(root["paths"], report) },
    events: {
      track: flag(root["events"], "events", "track", true, report),
      // Only a wish: see docs/event-log.md.
      autoCommit: flag(root["events"], "events", "autoCommit", false, report),
    },
    hooks: { serialize: flag(root["hooks"], "hooks", "serialize", false, report) },
    commands: parseCommands(root["commands"], report),
    locks: { critical: parseCritical(root["locks"], report) },
    metrics: { contentionAlert: parseAlert(root["metrics"], report) },
  };
  const [first, ...rest] = problems;
  return first === undefined ? { kind: "parsed", config } : { kind: "invalid", problems: [first, ...rest] };
}

type Report = (at: string, reason: string) => undefined;

function parseTypes(value: PlainJson | undefined, report: Report): ReadonlyMap<string, TypePolicy> {
  const types = new Map<string, TypePolicy>();
  if (value === undefined) return types;
  if (!isPlainObject(value)) return report("merge", "must be an object of types") ?? types;
  for (const [type, fields] of Object.entries(value)) {
    if (!isPlainObject(fields)) {
      report(`merge.${type}`, "must be an object of fields");
      continue;
    }
    types.set(type, parseType(`merge.${type}`, fields, report));
  }
  return types;
}

function parseType(at: string, value: { [key: string]: PlainJson }, report: Report): TypePolicy {
  const fields = new Map<string, FieldRule>();
  let policy: TypePolicy = { fields };
  for (const [name, rule] of Object.entries(value)) {
    // `@` sets what belongs to the whole entity, not to a field.
    if (name === "@strategy") {
      policy = { ...policy, ...optional("strategy", oneOf(`${at}.${name}`, rule, wholeStrategies, report)) };
    } else if (name === "@delete") {
      policy = { ...policy, ...optional("deletion", oneOf(`${at}.${name}`, rule, deletionRules, report)) };
    } else {
      const parsed = parseRule(`${at}.${name}`, rule, report);
      if (parsed !== undefined) fields.set(name, parsed);
    }
  }
  return policy;
}

function parseRule(at: string, value: PlainJson, report: Report): FieldRule | undefined {
  const shape = typeof value === "string" ? { rule: value } : value;
  if (!isPlainObject(shape)) return report(at, "must be a rule's name or an object with `rule`");
  const rule = oneOf(`${at}.rule`, shape["rule"], ruleNames, report);
  if (rule === undefined) return undefined;
  const order = strings(`${at}.order`, shape["order"], report);
  const group = strings(`${at}.group`, shape["group"], report);
  const key = shape["key"];
  if (rule === "order" && (order === undefined || order.length === 0))
    return report(at, "rule `order` needs `order`");
  if (order !== undefined && new Set(order).size !== order.length)
    return report(`${at}.order`, "names a value twice");
  if (key !== undefined && typeof key !== "string") return report(`${at}.key`, "must be a string");
  if (rule === "list" && key === undefined) return report(at, "rule `list` needs `key`");
  return { rule, ...optional("order", order), ...optional("group", group), ...optional("key", key) };
}

function parsePaths(value: PlainJson | undefined, report: Report): readonly PathRule[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return report("paths", "must be a list") ?? [];
  return value.flatMap((item, index) => {
    const at = `paths[${index}]`;
    if (!isPlainObject(item)) return report(at, "must be an object") ?? [];
    const match = item["match"];
    if (typeof match !== "string" || match === "" || /[\n\r\0]/.test(match)) {
      return report(`${at}.match`, "must be a pattern on one line") ?? [];
    }
    if (isExplosive(match)) {
      return (
        report(`${at}.match`, `has more than ${limits.patternStars} stars in a part, or \`**\` parts`) ?? []
      );
    }
    const driver =
      item["driver"] === undefined ? undefined : oneOf(`${at}.driver`, item["driver"], driverKinds, report);
    const { key, type } = item;
    if (key !== undefined && typeof key !== "string") return report(`${at}.key`, "must be a string") ?? [];
    if (type !== undefined && typeof type !== "string") return report(`${at}.type`, "must be a string") ?? [];
    return [{ match, ...optional("driver", driver), ...optional("key", key), ...optional("type", type) }];
  });
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

/** We would judge it in time; but it becomes an attribute line, and git tries every way to share a path out among its stars. */
function isExplosive(pattern: string): boolean {
  const parts = pattern.split("/");
  const deep = parts.filter((part) => part === "**").length;
  return deep > limits.patternStars || parts.some((part) => part.split("*").length - 1 > limits.patternStars);
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

function oneOf<T extends string>(
  at: string,
  value: PlainJson | undefined,
  names: readonly T[],
  report: Report,
): T | undefined {
  const found = names.find((name) => name === value);
  return (
    found ??
    report(
      at,
      `must be one of ${names.join(", ")}${typeof value === "string" ? `, not ${JSON.stringify(value)}` : ""}`,
    )
  );
}

function strings(at: string, value: PlainJson | undefined, report: Report): string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    const texts = value.filter((item) => item === null || typeof item !== "object").map(String);
    if (texts.length === value.length) return texts;
  }
  return report(at, "must be a list of names");
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {};
  if (value !== undefined) result[name] = value;
  return result;
}
