/** The public API of got-hooks: merging by meaning as a library. Everything else is behind the command line. */
export { GotError, type ErrorCode } from "./base/errors.ts";
export { mergeByKind } from "./merge/merge-by-kind.ts";
export type { Conflict, Decision, MergeInputs, MergeOptions, MergeResult } from "./merge/merge-result.ts";
export { type Config, defaultConfig, parseConfig } from "./model/config.ts";
export type { DriverKind, FieldRule, PathRule, Policy, TypePolicy } from "./model/policy.ts";
