/**
 * The merge policy: which rule decides a field that both sides changed. Pure data, from `.got/config.json`
 * over the built-in policy (`builtin-policy.ts`).
 */
export const ruleNames = [
  "conflict", "latest", "max", "min", "counter", "set", "list", "text", "order", "object", "derived", "ours", "theirs",
] as const;
export type RuleName = (typeof ruleNames)[number];

/** One field's rule with its parameters. */
export interface FieldRule {
  readonly rule: RuleName;
  /** `order`: values from least to greatest. */
  readonly order?: readonly string[];
  /** `list`: the member that identifies an element. */
  readonly key?: string;
  /** Fields that follow this one: they take the side that this field took. */
  readonly group?: readonly string[];
  /** `derived`: what to do with the stored value; the default is `drop`. */
  readonly derived?: "drop" | "keep";
}

/** Field path (dotted for nested, `*` for the rest) to rule. */
export type TypePolicy = Readonly<Record<string, FieldRule>>;

export type WholeStrategy = "merge" | "ours" | "theirs";
export type DriverKind = "log" | "table" | "entity" | "snapshot";
export const driverKinds: readonly DriverKind[] = ["log", "table", "entity", "snapshot"];

/** What `paths` says about files that match a pattern. */
export interface PathRule {
  /** A gitignore-style pattern relative to the top of the work tree. */
  readonly match: string;
  readonly driver?: DriverKind;
  /** The member that identifies a record (`table`, `log`); default `id`. */
  readonly key?: string;
  /** The policy type of the records when they carry no `type` that a policy names. */
  readonly type?: string;
}

export interface Policy {
  /** Type name (`*` for all) to its field rules; own (non-inherited) keys only. */
  readonly types: ReadonlyMap<string, TypePolicy>;
  readonly paths: readonly PathRule[];
  /** Type name to what happens when the whole entity changed on both sides; default `merge`. */
  readonly strategies: ReadonlyMap<string, WholeStrategy>;
  /** Type name to what happens when one side deleted what the other edited; default `conflict`. */
  readonly deletions: ReadonlyMap<string, "conflict" | "delete" | "keep">;
}
