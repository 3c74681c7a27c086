import type { PathRule, Policy } from "./policy.ts";

/** The first rule of `paths` that matches `path` (relative to the top of the work tree, with `/`). */
export function pathRuleFor(policy: Policy, path: string): PathRule | undefined {
  return policy.paths.find((rule) => matchesPath(rule.match, path));
}

/**
 * Matches as git matches attribute patterns: one without `/` matches the last part of the path at any depth,
 * `*` and `?` never match `/`, `**` matches any number of folders, and at the end whatever is in them. Like git it
 * compares bytes, so a letter that is not ASCII takes two `?`. Runs in time pattern × path, whatever the pattern.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const trimmed = pattern.replace(/^\//, "");
  const parts = pattern.includes("/") ? trimmed.split("/") : ["**", trimmed];
  if (parts.at(-1) === "**") parts.push("*");
  return matchesSequence(parts, path.split("/"), (part) => part === "**", matchesPart);
}

/**
 * False when nothing below `folder` can match the pattern: then a tree need not be read. May be true without need.
 *
 * @param folder its bytes, each as one character.
 */
export function mayMatchIn(pattern: string, folder: string): boolean {
  if (!pattern.includes("/")) return true;
  const parts = pattern.replace(/^\//, "").split("/");
  for (const [index, name] of folder.split("/").entries()) {
    const part = parts[index];
    if (part === undefined) return false;
    if (part === "**") return true;
    if (!/[*?[\\]/.test(part) && bytesOf(part) !== name) return false;
  }
  return true;
}

function matchesPart(pattern: string, name: string): boolean {
  const tokens = bytesOf(pattern).match(/\[[!^]?\]?(?:\[:[a-z]+:\]|\\[^]|[^\]\\])*\]|\\?[^]/g) ?? [];
  return matchesSequence(tokens, Array.from(bytesOf(name)), (token) => token === "*", matchesByte);
}

/** The UTF-8 bytes of a text, each as one character. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function matchesByte(token: string, byte: string): boolean {
  if (token === "?") return true;
  // A bracket that is not closed matches nothing.
  if (token === "[") return false;
  if (!token.startsWith("[")) return unescaped(token) === byte;
  const negated = token[1] === "!" || token[1] === "^";
  const members = token.slice(negated ? 2 : 1, -1).match(/\[:[a-z]+:\]|\\?[^]/g) ?? [];
  let found = false;
  for (let index = 0; index < members.length; index++) {
    const from = unescaped(members[index] ?? "");
    const to = members[index + 1] === "-" ? members[index + 2] : undefined;
    if (to !== undefined) {
      found ||= from <= byte && byte <= unescaped(to);
      index += 2;
    } else found ||= from.length > 1 ? classes[from.slice(2, -2)]?.test(byte) === true : from === byte;
  }
  return found !== negated;
}

function unescaped(token: string): string {
  return token.replace(/^\\(?=.)/s, "");
}

/** What the named classes of a bracket hold, in ASCII. */
const classes: { readonly [name: string]: RegExp } = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /\d/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

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
