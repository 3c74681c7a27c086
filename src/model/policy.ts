/**
 * The merge policy: which rule decides a field that both sides changed. Pure data, from `.got/config.json`
 * (see `config.ts`) over the built-in policy (`builtin-policy.ts`).
 */
export const ruleNames = [
  "conflict",
  "latest",
  "max",
  "min",
  "counter",
  "set",
  "list",
  "text",
  "order",
  "object",
  "derived",
  "ours",
  "theirs",
] as const;
export type RuleName = (typeof ruleNames)[number];

/** One field's rule with its parameters. */
export interface FieldRule {
  readonly rule: RuleName;
  /** `order`: values from least to greatest, strings or the text of other scalars. */
  readonly order?: readonly string[];
  /** `list`: the member that identifies an element. */
  readonly key?: string;
  /** Fields that take the side that this field took. */
  readonly group?: readonly string[];
}

export const wholeStrategies = ["merge", "ours", "theirs"] as const;
export type WholeStrategy = (typeof wholeStrategies)[number];

export const deletionRules = ["conflict", "delete", "keep"] as const;
/** What happens when one side deleted what the other edited. */
export type DeletionRule = (typeof deletionRules)[number];

/** The policy of one type of entity. */
export interface TypePolicy {
  /** Field path (dotted for nested, `*` or `parent.*` for the rest) to rule. */
  readonly fields: ReadonlyMap<string, FieldRule>;
  readonly strategy?: WholeStrategy;
  readonly deletion?: DeletionRule;
}

export const driverKinds = ["log", "table", "entity", "snapshot"] as const;
export type DriverKind = (typeof driverKinds)[number];

/** What the configuration says about files that match a pattern. */
export interface PathRule {
  /** A gitattributes-style pattern relative to the top of the work tree. */
  readonly match: string;
  readonly driver?: DriverKind;
  /** The member that identifies a record (`table`, `log`); default `id`. */
  readonly key?: string;
  /** The policy type of records that name none themselves. */
  readonly type?: string;
}

export interface Policy {
  /** Type name (`*` for every type) to its policy. */
  readonly types: ReadonlyMap<string, TypePolicy>;
  readonly paths: readonly PathRule[];
}

/** What holds where a configuration says nothing: the built-in rules alone. */
export const noPolicy: Policy = { types: new Map(), paths: [] };
