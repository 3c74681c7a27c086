import type { Finding } from "./finding.ts";
import { listNames } from "./list-names.ts";

/**
 * Makes one finding of those that say the same of several worktrees, as when they share what is broken: it stands for the first
 * and names the others.
 */
export function joinAlike(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const one of findings) {
    const key = `${one.id}\n${one.observed}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    const also = listNames(others.map(({ where }) => where));
    return { ...first, observed: `${first.observed}; the same in ${also}` };
  });
}
