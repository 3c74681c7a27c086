import { matchesPath } from "./path-pattern.ts";
import type { DriverKind, Policy } from "./policy.ts";

/** What the drivers always cover, as attribute patterns; the last that matches a path holds. */
export const builtinPaths: readonly (readonly [pattern: string, kind: DriverKind])[] = [
  [".got/events/*.jsonl", "log"],
  [".got/entities/**/*.json", "entity"],
  [".got/snapshots/*.json.gz", "snapshot"],
];

/** A rule's pattern as an attribute pattern: attributes know neither `!` nor a trailing slash for "everything below". */
export function attributePattern(match: string): string | null {
  if (match === "" || match.startsWith("!") || /[\0\n\r]/.test(match)) return null;
  return match.endsWith("/") ? `${match}**` : match;
}

/** The driver that install registers for `path` under a policy; undefined where the policy says nothing about it. */
export function driverFor(policy: Pick<Policy, "paths">, path: string): DriverKind | undefined {
  const rule = policy.paths.findLast(({ match, driver }) => {
    const pattern = driver === undefined ? null : attributePattern(match);
    return pattern !== null && matchesPath(pattern, path);
  });
  return rule?.driver ?? builtinPaths.findLast(([pattern]) => matchesPath(pattern, path))?.[1];
}

/** The patterns of everything that install registers under a policy. */
export function registeredPatterns(policy: Policy): readonly string[] {
  const configured = policy.paths.map(({ match, driver }) =>
    driver === undefined ? null : attributePattern(match),
  );
  return [...builtinPaths.map(([pattern]) => pattern), ...configured.filter((pattern) => pattern !== null)];
}
