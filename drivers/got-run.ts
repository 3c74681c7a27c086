/**
 * Starts a driver with its code compiled already. Compiling takes a fifth of a driver's time, so the first merge keeps
 * what V8 has compiled in `<git-common-dir>/got/code/` and later ones load it.
 *
 *     node got-run.cjs <bin>/got-<kind>.cjs ARGUMENTS…
 *
 * Compiled code is as trusted as the bundles beside it, which is why it is not in the memo. Its name holds size and time
 * of the bundle and the version of Node; V8 itself refuses what another version or other flags have compiled. It may be
 * deleted at any time; the shim does so when a driver crashes.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
} from "node:fs";
import path from "node:path";
import { Script } from "node:vm";
import { writeFully } from "../src/base/write-fully.ts";

function run(bundle: string): void {
  const { size, mtimeMs } = statSync(bundle);
  const folder = path.resolve(bundle, "..", "..", "code");
  const kind = path.basename(bundle, ".cjs");
  const file = path.join(folder, `${kind}.${size}.${Math.trunc(mtimeMs)}.${process.version}.${process.arch}`);
  const cachedData = read(file);
  // The wrapper that Node itself puts around CommonJS. esbuild writes ASCII, for which latin1 is the fastest way.
  const source = `(function(exports,require,module){${readFileSync(bundle, "latin1")}\n})`;
  const script = new Script(source, {
    filename: bundle,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected === true) {
    // At the end, when all that a merge needs has been compiled. 10 and 11: it was merged.
    process.on("exit", (code) => {
      if (code === 10 || code === 11) keep(folder, kind, file, script.createCachedData());
    });
  }
  process.argv.splice(1, 1);
  const module = { exports: {} };
  const start: unknown = script.runInThisContext();
  if (typeof start === "function") start(module.exports, require, module);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Replaces what was kept of other versions. Failures are silent: the next merge compiles again. */
function keep(folder: string, kind: string, file: string, code: Buffer): void {
  const temporary = path.join(folder, `.${process.pid}.${Date.now()}.tmp`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      writeFully(descriptor, code);
      // V8 trusts the content once the name is there, also after a power cut.
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const others = readdirSync(folder).filter((name) => name.startsWith(`${kind}.`));
    for (const name of others) unlinkSync(path.join(folder, name));
    renameSync(temporary, file);
  } catch {
    discard(temporary);
  }
}

function discard(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never made.
  }
}

const [, , bundle] = process.argv;
if (bundle !== undefined) run(path.resolve(bundle));
