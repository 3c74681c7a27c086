import { builtinPolicy } from "./builtin-policy.ts";
import type { DeletionRule, FieldRule, Policy, WholeStrategy } from "./policy.ts";

/** The rule of one field, and where it was found: `named` rules hold the whole value, wildcards its leaves. */
export interface FoundRule {
  readonly rule: FieldRule;
  readonly source: "config" | "built-in" | "default";
  /** The type and field pattern that matched, e.g. `task` `tags` or `*` `*`. */
  readonly type: string;
  readonly pattern: string;
  readonly named: boolean;
}

const noRule: FoundRule = {
  rule: { rule: "conflict" },
  source: "default",
  type: "*",
  pattern: "*",
  named: false,
};

/**
 * Finds the rule that decides `field` (dotted path) of an entity of `type`.
 * A name beats a wildcard, the type's own policy beats that of `*`, the configuration beats the built-in policy;
 * in this order of weight.
 */
export function ruleFor(policy: Policy, type: string, field: string): FoundRule {
  const types = type === "*" ? ["*"] : [type, "*"];
  for (const pattern of patternsFor(field)) {
    for (const name of types) {
      for (const [source, policies] of [
        ["config", policy.types],
        ["built-in", builtinPolicy],
      ] as const) {
        const rule = policies.get(name)?.fields.get(pattern);
        if (rule !== undefined) return { rule, source, type: name, pattern, named: !pattern.endsWith("*") };
      }
    }
  }
  return noRule;
}

/** The whole-entity settings of a type, field rules aside: the type's own before those of `*`. */
export function wholeSettings(
  policy: Policy,
  type: string,
): { strategy: WholeStrategy; deletion: DeletionRule } {
  const policies = [
    policy.types.get(type),
    builtinPolicy.get(type),
    policy.types.get("*"),
    builtinPolicy.get("*"),
  ];
  return {
    strategy: policies.find((found) => found?.strategy)?.strategy ?? "merge",
    deletion: policies.find((found) => found?.deletion)?.deletion ?? "conflict",
  };
}

/** True when the configuration or the built-in policy says something about `type`. */
export function knowsType(policy: Policy, type: string): boolean {
  return type !== "*" && (policy.types.has(type) || builtinPolicy.has(type));
}

/** `a.b.c` is matched by `a.b.c`, then `a.b.*`, `a.*`, `*`. */
function patternsFor(field: string): string[] {
  const patterns = [field];
  for (let end = field.lastIndexOf("."); end !== -1; end = field.lastIndexOf(".", end - 1)) {
    patterns.push(`${field.slice(0, end)}.*`);
    if (end === 0) break;
  }
  patterns.push("*");
  return patterns;
}
