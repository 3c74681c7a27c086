import type { PathRule, Policy } from "./policy.ts";

/** The first rule of `paths` that matches `path` (relative to the top of the work tree, with `/`). */
export function pathRuleFor(policy: Policy, path: string): PathRule | undefined {
  return policy.paths.find((rule) => matchesPath(rule.match, path));
}

/**
 * Matches as git matches attribute patterns: one without `/` matches the last part of the path at any depth,
 * `*` and `?` never match `/`, `**` matches any number of folders. Runs in time pattern × path, whatever the pattern.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const trimmed = pattern.replace(/^\//, "");
  const parts = pattern.includes("/") ? trimmed.split("/") : ["**", trimmed];
  return matchesSequence(parts, path.split("/"), (part) => part === "**", matchesPart);
}

function matchesPart(pattern: string, name: string): boolean {
  const tokens = pattern.match(/\[!?\]?[^\]]*\]|\\?[^]/gu) ?? [];
  return matchesSequence(tokens, Array.from(name), (token) => token === "*", matchesCharacter);
}

function matchesCharacter(token: string, character: string): boolean {
  if (token === "?") return true;
  if (token.startsWith("\\") && token.length > 1) return token.slice(1) === character;
  if (!token.startsWith("[") || token.length < 3) return token === character;
  const negated = token[1] === "!" || token[1] === "^";
  const members = Array.from(token.slice(negated ? 2 : 1, -1));
  let found = false;
  for (let index = 0; index < members.length; index++) {
    const [from = "", dash, to] = members.slice(index, index + 3);
    if (dash === "-" && to !== undefined) {
      found ||= from <= character && character <= to;
      index += 2;
    } else found ||= from === character;
  }
  return found !== negated;
}

/** Wildcard matching by dynamic programming: `reachable[j]` says whether the tokens so far match the first `j` items. */
function matchesSequence<T>(
  tokens: readonly string[],
  items: readonly T[],
  isWildcard: (token: string) => boolean,
  matches: (token: string, item: T) => boolean,
): boolean {
  let reachable: boolean[] = [true, ...items.map(() => false)];
  for (const token of tokens) {
    const next: boolean[] = [isWildcard(token) && reachable[0] === true];
    items.forEach((item, index) => {
      next.push(
        isWildcard(token)
          ? next[index] === true || reachable[index + 1] === true
          : reachable[index] === true && matches(token, item),
      );
    });
    reachable = next;
  }
  return reachable[items.length] === true;
}
