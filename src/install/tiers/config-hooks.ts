import { existsSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { configHooksGit, isAtLeast } from "../../git/git-version.ts";
import { runGit, tryGit } from "../../git/run-git.ts";
import { configHookCommand } from "../door-line.ts";
import type { Wish } from "../wish.ts";
import type { TierInput } from "./tier-input.ts";

/**
 * git >= 2.54 runs hooks that its configuration names, before the one in the hooks directory, whatever that is: no
 * hook manager is in the way, and nothing of anybody's is touched.
 */
export function configHookWishes(input: TierInput): readonly Wish[] {
  const hook = path.join(input.place.commonDir, "got", "bin", "hook");
  return input.payload.hookNames.flatMap((name): readonly Wish[] => [
    { kind: "config", key: `hook.got-${name}.event`, values: [name] },
    { kind: "config", key: `hook.got-${name}.command`, values: [configHookCommand(name, hook)] },
  ]);
}

/** Whether this git really does so: the version says it should, and a commit in a throw-away repository shows it. */
export function configHooksWork(input: TierInput, temporary: string): boolean {
  if (!isAtLeast(input.version, configHooksGit)) return false;
  const directory = mkdtempSync(path.join(temporary, "got-hooks-proof-"));
  try {
    const call = { cwd: directory, env: input.repository.env };
    runGit(call, ["init", "-q", "--template="]);
    const marker = path.join(directory, "ran");
    runGit(call, ["config", "hook.got-proof.event", "post-commit"]);
    runGit(call, ["config", "hook.got-proof.command", configHookProof(marker)]);
    const identity = [
      "-c",
      "user.name=got-hooks",
      "-c",
      "user.email=got-hooks@localhost",
      "-c",
      "commit.gpgSign=false",
    ];
    const committed = tryGit(call, [...identity, "commit", "-q", "--allow-empty", "-m", "proof"]);
    return committed.status === 0 && existsSync(marker);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

function configHookProof(marker: string): string {
  return `got_proof() { : >'${marker.replaceAll("'", `'\\''`)}'; }; got_proof`;
}
