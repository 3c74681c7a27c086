import path from "node:path";
import type { MergeSources } from "../src/merge/merge-sources.ts";
import type { DriverKind } from "../src/model/policy.ts";
import type * as ahead from "./got-ahead.ts";

/**
 * Loads `got-ahead.cjs`, which is installed beside the drivers.
 *
 * @throws Error when it is missing or something else.
 */
export function loadAhead(programDirectory: string): typeof ahead {
  const loaded = load(programDirectory, "got-ahead");
  if (!isAhead(loaded)) throw new Error("got-ahead.cjs is from another version");
  return loaded;
}

/**
 * Loads the merge of another driver.
 *
 * @throws Error when it is missing or something else.
 */
export function loadMerge(programDirectory: string, kind: DriverKind): MergeSources {
  const loaded = load(programDirectory, `got-${kind}`);
  if (!isDriver(loaded)) throw new Error(`got-${kind}.cjs is from another version`);
  return loaded.merge;
}

function load(programDirectory: string, name: string): unknown {
  const file = path.resolve(programDirectory, `${name}.cjs`);
  return process.getBuiltinModule("node:module").createRequire(file)(file);
}

// Bundles are built and installed together, so a function of the right name is the right function.
function isAhead(loaded: unknown): loaded is typeof ahead {
  return (
    isObject(loaded) && typeof loaded["remember"] === "function" && typeof loaded["pruneMemo"] === "function"
  );
}

function isDriver(loaded: unknown): loaded is { merge: MergeSources } {
  return isObject(loaded) && typeof loaded["merge"] === "function";
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}
