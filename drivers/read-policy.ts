import { lstatSync, readFileSync } from "node:fs";
import { limits } from "../src/base/limits.ts";
import { noPolicy, type Policy } from "../src/model/policy.ts";
import { parsePolicyConfig } from "../src/model/policy-config.ts";
import { noConfig } from "./merge-call.ts";
import { warn } from "./warn.ts";

const configPath = ".got/config.json";

/**
 * Reads the merge policy of the repository: from the work tree, on whose top folder git runs its drivers; in a bare
 * repository and where a sparse checkout leaves it out, from HEAD.
 * A policy that cannot be used never fails a merge: it is named on stderr and the built-in one applies.
 *
 * @param configId blob id that the shim found (the file's own, or HEAD's); null when it did not look.
 */
export function readPolicy(configId: string | null): Policy {
  const text = configText(configId);
  if (text === null) return noPolicy;
  const parsed = parsePolicyConfig(text);
  if (parsed.kind === "parsed") return parsed.config;
  const [{ at, reason }] = parsed.problems;
  return withoutPolicy(`${at}: ${reason}`);
}

function configText(configId: string | null): string | null {
  const stat = lstatSync(configPath, { throwIfNoEntry: false });
  if (stat !== undefined) {
    // A symlink could lead out of the repository.
    if (!stat.isFile() || lstatSync(".got").isSymbolicLink()) return unusable("is not a plain file");
    if (stat.size > limits.configBytes) return unusable(`is larger than ${limits.configBytes} bytes`);
    return readFileSync(configPath, "utf8");
  }
  if (configId === noConfig) return null;
  try {
    const args = ["cat-file", "blob", configId ?? `HEAD:${configPath}`];
    // Loading it takes 2 ms, and the file is in the work tree nearly always.
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    return execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: limits.configBytes,
    });
  } catch {
    // Not in HEAD either, or no HEAD yet.
    return configId === null ? null : unusable("cannot be read from HEAD");
  }
}

function unusable(reason: string): null {
  withoutPolicy(reason);
  return null;
}

function withoutPolicy(reason: string): Policy {
  warn(configPath, `${reason}; the built-in merge policy applies`);
  return noPolicy;
}
