import { limits } from "../base/limits.ts";
import { type ParsedSections, parseSections, type Report } from "./config-sections.ts";
import { isPlainObject, type PlainJson } from "./json/plain-json.ts";
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

/**
 * Parses what the text of `.got/config.json` says about merging: its sections `merge` and `paths`. Drivers, and whoever makes a
 * merge again as they did, read nothing else: a mistake in another section does not change how anything merges.
 */
export function parsePolicyConfig(text: string): ParsedSections<Policy> {
  return parseSections(text, parsePolicySections);
}

export function parsePolicySections(root: { readonly [section: string]: PlainJson }, report: Report): Policy {
  return { types: parseTypes(root["merge"], report), paths: parsePaths(root["paths"], report) };
}

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

/** We would judge it in time; but it becomes an attribute line, and git tries every way to share a path out among its stars. */
function isExplosive(pattern: string): boolean {
  const parts = pattern.split("/");
  const deep = parts.filter((part) => part === "**").length;
  return deep > limits.patternStars || parts.some((part) => part.split("*").length - 1 > limits.patternStars);
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
