/**
 * Orders two versions of the package as semver.org does, as far as numbers go: below zero when `one` is older. A
 * pre-release is older than its release; two pre-releases of one release compare as text.
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [parts(one), parts(other)];
  for (let at = 0; at < 3; at++) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.rest === right.rest) return 0;
  if (left.rest === "" || right.rest === "") return left.rest === "" ? 1 : -1;
  return left.rest < right.rest ? -1 : 1;
}

function parts(version: string): { readonly numbers: readonly number[]; readonly rest: string } {
  const [release = "", ...rest] = (version.split("+")[0] ?? "").split("-");
  return { numbers: release.split(".").map((part) => Number(part) || 0), rest: rest.join("-") };
}
