import { attributePattern, builtinPaths } from "../model/driver-paths.ts";
import type { DriverKind, PathRule } from "../model/policy.ts";

/**
 * The attribute lines that hand our paths to the drivers. `-text`: git converts no line ending there, whatever
 * `core.autocrlf` says, so every byte that was logged is the byte that is merged.
 */
export function attributeLines(paths: readonly PathRule[]): readonly string[] {
  return [
    ...builtinPaths.map(
      ([pattern, kind]) => `${pattern} ${alsoSaid[kind] ?? "-text"} merge=${driverName(kind)}`,
    ),
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

/** What else the lines say: git converts nothing there, and shows no differences of compressed files. */
const alsoSaid: Partial<Record<DriverKind, string>> = { snapshot: "-text -diff" };

/** Patterns are gitignore's. */
function attributeLine(match: string, kind: DriverKind): readonly string[] {
  const pattern = attributePattern(match);
  return pattern === null ? [] : [`${quoted(pattern)} merge=${driverName(kind)}`];
}

function quoted(pattern: string): string {
  if (!/[\s"#\\]|[^\x20-\x7e]/.test(pattern)) return pattern;
  // In quotes git undoes C escapes first, then reads the pattern: a backslash of the pattern needs another one.
  return `"${pattern.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\t", "\\t")}"`;
}
