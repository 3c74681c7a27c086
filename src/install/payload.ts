import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { GotError } from "../base/errors.ts";

/** What the package brings: the files for `<common-dir>/got/bin`, and the stub for the hooks directory. */
export interface Payload {
  readonly gotVersion: string;
  readonly bin: readonly PayloadFile[];
  readonly stub: Uint8Array;
  /** The hooks that the package has a program for, e.g. `pre-commit`. */
  readonly hookNames: readonly string[];
}

export interface PayloadFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** Every hook of git that we may have a program for; the package decides which it has. */
export const knownHooks: readonly string[] = [
  "applypatch-msg",
  "pre-applypatch",
  "post-applypatch",
  "pre-commit",
  "pre-merge-commit",
  "prepare-commit-msg",
  "commit-msg",
  "post-commit",
  "pre-rebase",
  "post-merge",
  "post-rewrite",
  "post-checkout",
  "pre-push",
];

/** Where the build puts the programs that git starts. */
const bundleFolders = ["dist/drivers", "dist/hooks", "dist/install"];

/**
 * Reads what is to be installed from the package folder.
 *
 * @param packageRoot where `package.json`, `hooks/`, `drivers/` and `dist/` stand.
 * @throws GotError UNREADABLE_INPUT naming what the package misses.
 */
export function readPayload(packageRoot: string): Payload {
  const hooks = path.join(packageRoot, "hooks");
  const scripts = readdirSync(hooks).filter((name) => !/\.(ts|md)$/.test(name));
  const bin: PayloadFile[] = scripts.map((name) => ({
    name,
    content: readPart(path.join(hooks, name)),
    executable: !name.endsWith(".sh"),
  }));
  bin.push({
    name: "got-merge",
    content: readPart(path.join(packageRoot, "drivers", "got-merge.sh")),
    executable: true,
  });
  for (const folder of bundleFolders) bin.push(...readBundles(path.join(packageRoot, folder)));
  return {
    gotVersion: packageVersion(packageRoot),
    bin,
    stub: readPart(path.join(hooks, "stub")),
    hookNames: knownHooks.filter((name) => scripts.includes(name)),
  };
}

function readBundles(folder: string): readonly PayloadFile[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".cjs")) : [];
  if (names.length === 0) throw incomplete(path.join(folder, "*.cjs"));
  return names.map((name) => ({ name, content: readFileSync(path.join(folder, name)), executable: false }));
}

export function packageVersion(packageRoot: string): string {
  const manifest: unknown = JSON.parse(
    Buffer.from(readPart(path.join(packageRoot, "package.json"))).toString("utf8"),
  );
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof version === "string" ? version : "0.0.0";
}

function readPart(file: string): Uint8Array {
  if (!existsSync(file)) throw incomplete(file);
  return readFileSync(file);
}

function incomplete(missing: string): GotError {
  return new GotError("UNREADABLE_INPUT", `The got-hooks package is incomplete: ${missing} is missing`, {
    facts: { missing },
    hint: "In a checkout of got-hooks run npm run build; otherwise install the package again.",
  });
}
