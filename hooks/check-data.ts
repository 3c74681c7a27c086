import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { limits } from "../src/base/limits.ts";
import { type DataProblem, findDataProblems } from "../src/model/data-problems.ts";

/**
 * Started by the hooks (`check.sh`) when `.got` data is about to be committed or pushed. It runs in the hook's own
 * environment: git's GIT_INDEX_FILE says what is going to be committed.
 *
 *     node check-data.cjs staged
 *     node check-data.cjs pushed REMOTE (NEW OLD)…
 *
 * Neither 0 nor 1 is an answer, because a torn bundle and an uncaught error end with those.
 */
const exitCodes = { sound: 10, broken: 11, failed: 12 } as const;
const problemsShown = 20;
/** Files whose content is in memory at one time. */
const filesAtOnce = 100;

/** One version of a file: the blob and the blob it replaces (null when there was none). */
interface Version {
  readonly path: string;
  readonly oid: string;
  readonly previousOid: string | null;
}

function main(argv: readonly string[]): number {
  const [what, remote = "", ...pairs] = argv;
  if (what === "staged") {
    return report(
      stagedVersions(),
      "commit",
      "Mend the lines and `git add` the files; `git commit --no-verify` commits them as they are.",
    );
  }
  if (what !== "pushed") return exitCodes.failed;
  const versions: Version[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    versions.push(...pushedVersions(remote, pairs[at] ?? "", pairs[at + 1] ?? ""));
  }
  return report(
    versions,
    "push",
    "Mend the lines, commit and push again; `git push --no-verify` pushes them as they are.",
  );
}

function stagedVersions(): Version[] {
  return readRaw(
    git(["diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--diff-filter=d", "--", ".got"]),
  );
}

/** What the commits that the remote lacks touched, as it stands in the newest of them: a mistake that a later commit mended is no reason to refuse. */
function pushedVersions(remote: string, tip: string, remoteTip: string): Version[] {
  const known = !/^0*$/.test(remoteTip) && tryGit(["cat-file", "-e", `${remoteTip}^{commit}`]) !== null;
  const excluded = ["--not", `--remotes=${remote}`, ...(known ? [remoteTip] : [])];
  const touched = git([
    "log",
    "-m",
    "--name-only",
    "-z",
    "--no-renames",
    "--format=",
    tip,
    ...excluded,
    "--",
    ".got",
  ]);
  const names = touched.split("\0").map((name) => name.replace(/^\n+/, ""));
  const paths = new Set(names.filter((name) => name.startsWith(".got/")));
  if (paths.size === 0) return [];
  const before = new Map(known ? readTree(remoteTip).map(({ path, oid }) => [path, oid]) : []);
  return readTree(tip)
    .filter(({ path }) => paths.has(path))
    .map(({ path, oid }) => ({ path, oid, previousOid: before.get(path) ?? null }));
}

/** `:<mode> <mode> <id> <id> <status>\0<path>\0` records; files only, no links, no submodules. */
function readRaw(output: string): Version[] {
  const parts = output.split("\0");
  const versions: Version[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = "", previous = "", oid = ""] = (parts[at] ?? "").split(" ");
    const previousOid = /^0*$/.test(previous) ? null : previous;
    if (mode.startsWith("100")) versions.push({ path: parts[at + 1] ?? "", oid, previousOid });
  }
  return versions;
}

function readTree(commit: string): { path: string; oid: string }[] {
  const entries = git(["ls-tree", "-r", "-z", commit, "--", ".got"]).split("\0");
  return entries.flatMap((entry) => {
    const found = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(entry);
    return found === null ? [] : [{ path: found[2] ?? "", oid: found[1] ?? "" }];
  });
}

function report(versions: readonly Version[], what: string, remedy: string): number {
  let found = 0;
  for (let at = 0; at < versions.length; at += filesAtOnce) {
    const some = versions.slice(at, at + filesAtOnce);
    const blobs = readBlobs(
      some.flatMap(({ oid, previousOid }) => (previousOid === null ? [oid] : [oid, previousOid])),
    );
    for (const version of some) {
      for (const { line, reason } of checkVersion(version, blobs)) {
        found += 1;
        if (found > problemsShown) continue;
        say(`${printable(version.path)}${line === null ? "" : `:${line}`}: ${printable(reason)}`);
      }
    }
  }
  if (found === 0) return exitCodes.sound;
  if (found > problemsShown) say(`… and ${found - problemsShown} more`);
  say(`${what} refused: .got data is broken in ${found === 1 ? "1 place" : `${found} places`}. ${remedy}`);
  return exitCodes.broken;
}

function checkVersion(version: Version, blobs: ReadonlyMap<string, Buffer>): readonly DataProblem[] {
  const content = blobs.get(version.oid);
  if (content === undefined) throw new Error(`the object ${version.oid} of ${version.path} is missing`);
  if (version.path.endsWith(".json.gz")) return checkSnapshot(content);
  const text = decode(content);
  if (text === null) {
    return /\.jsonl?$/.test(version.path) ? [{ line: null, reason: "not UTF-8 text" }] : [];
  }
  const before = version.previousOid === null ? undefined : blobs.get(version.previousOid);
  const previous = before === undefined ? null : decode(before);
  return findDataProblems(version.path, text, previous);
}

function checkSnapshot(content: Buffer): readonly DataProblem[] {
  try {
    JSON.parse(gunzipSync(content, { maxOutputLength: limits.snapshotBytes }).toString("utf8"));
    return [];
  } catch (error) {
    return [
      { line: null, reason: `not a snapshot: ${error instanceof Error ? error.message : String(error)}` },
    ];
  }
}

function decode(content: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Reads many blobs by one git process. */
function readBlobs(oids: readonly string[]): ReadonlyMap<string, Buffer> {
  const { stdout } = run(["cat-file", "--batch"], `${oids.join("\n")}\n`);
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf(10, at);
    const [oid = "", kind, size = ""] = stdout.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (kind === "missing" || size === "") continue;
    blobs.set(oid, stdout.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}

function git(args: readonly string[]): string {
  return run(args).stdout.toString("utf8");
}

function tryGit(args: readonly string[]): string | null {
  const done = spawnSync("git", [...args], {
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: limits.gitOutputBytes,
  });
  return done.status === 0 ? done.stdout.toString("utf8") : null;
}

function run(args: readonly string[], input = ""): { stdout: Buffer } {
  const done = spawnSync("git", [...args], {
    input,
    stdio: ["pipe", "pipe", "inherit"],
    maxBuffer: limits.gitOutputBytes,
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`git ${args.join(" ")} exited with ${done.status}`);
  return { stdout: done.stdout };
}

/** Control and other invisible characters as escapes: a file name must not reach the terminal's own commands. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

function say(line: string): void {
  process.stderr.write(`got-hooks: ${line}\n`);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = exitCodes.failed;
}
