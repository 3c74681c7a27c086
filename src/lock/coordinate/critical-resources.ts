/** Resources on which a failed optimistic attempt would cost more than any lock. */
export const criticalByDefault: readonly string[] = ["config", "schema", "migration", "keys"];

/**
 * Tells whether a resource is critical: it is named, it stands under one that is named, or a pattern fits. In a pattern `*` stands for any
 * characters but `/`, `**` for any characters.
 */
export function isCritical(resource: string, patterns: readonly string[]): boolean {
  return [...criticalByDefault, ...patterns].some((pattern) => fits(resource, pattern));
}

function fits(resource: string, pattern: string): boolean {
  if (resource === pattern || resource.startsWith(`${pattern}/`)) return true;
  if (!pattern.includes("*")) return false;
  // Literal parts are escaped; the three kinds of part are told apart by how the split keeps them.
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}$`, "su").test(resource);
}
