import type { DriverKind, PathRule } from "../model/policy.ts";

/**
 * The attribute lines that hand our paths to the drivers. `-text`: git converts no line ending there, whatever
 * `core.autocrlf` says, so every byte that was logged is the byte that is merged.
 */
export function attributeLines(paths: readonly PathRule[]): readonly string[] {
  return [
    ...builtIn.map(([pattern, kind, also]) => `${pattern} ${also} merge=${driverName(kind)}`),
    ...paths.flatMap((rule) => (rule.driver === undefined ? [] : attributeLine(rule.match, rule.driver))),
  ];
}

/** The name under which a driver is registered, `merge.<name>.driver`. */
export function driverName(kind: DriverKind): string {
  return `got-${kind}`;
}

/** A file for each built-in line; `status` asks git which driver it resolves to. */
export const attributeSamples: readonly (readonly [string, DriverKind])[] = [
  [".got/events/20260101-000000-00000000.jsonl", "log"],
  [".got/entities/task/T-1.json", "entity"],
  [".got/snapshots/1.json.gz", "snapshot"],
];

const builtIn: readonly (readonly [string, DriverKind, string])[] = [
  [".got/events/*.jsonl", "log", "-text"],
  [".got/entities/**/*.json", "entity", "-text"],
  [".got/snapshots/*.json.gz", "snapshot", "-text -diff"],
];

/** Patterns are gitignore's; attributes know neither `!` nor a trailing slash for "everything below". */
function attributeLine(match: string, kind: DriverKind): readonly string[] {
  if (match === "" || match.startsWith("!") || /[\0\n\r]/.test(match)) return [];
  const pattern = match.endsWith("/") ? `${match}**` : match;
  return [`${quoted(pattern)} merge=${driverName(kind)}`];
}

function quoted(pattern: string): string {
  if (!/[\s"#\\]|[^\x20-\x7e]/.test(pattern)) return pattern;
  // In quotes git undoes C escapes first, then reads the pattern: a backslash of the pattern needs another one.
  return `"${pattern.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\t", "\\t")}"`;
}
