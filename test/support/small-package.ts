import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const hooks = path.resolve(import.meta.dirname, "..", "..", "hooks");

/**
 * A package folder with the files that install copies: the real stub and door, the rest a few lines long, for tests of
 * the installer itself. Its dispatcher writes `<name>` into `<common-dir>/got/ran`, then runs the chained hook as the real one does.
 */
export function createSmallPackage(root: string, version = "1.0.0"): string {
  const directory = path.join(root, `package-${version}`);
  const write = (file: string, content: string): void => {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), content);
  };
  write("package.json", JSON.stringify({ name: "got-hooks", version }));
  for (const name of ["stub", "door", "door.got-chained", "heal", "prepare-worktree", "uninstall"]) {
    write(`hooks/${name}`, readFileSync(path.join(hooks, name), "utf8"));
  }
  write("hooks/hook", dispatcher);
  write("hooks/lib.sh", `# ${version}\n`);
  for (const name of smallPackageHooks) write(`hooks/${name}`, `# ${name} ${version}\n`);
  write("drivers/got-merge.sh", `# shim ${version}\n`);
  for (const name of ["log", "table", "entity", "snapshot", "ahead", "run"]) {
    write(`dist/drivers/got-${name}.cjs`, `// driver ${name} ${version}\n`);
  }
  write("dist/hooks/check-data.cjs", `// check ${version}\n`);
  write("dist/install/uninstall.cjs", `// uninstall ${version}\n`);
  chmodSync(path.join(directory, "hooks/hook"), 0o755);
  return directory;
}

export const smallPackageHooks = [
  "pre-commit",
  "pre-merge-commit",
  "commit-msg",
  "post-commit",
  "post-checkout",
  "pre-push",
];

/** Speaks the same protocol as the real one: sourced by the stub or the door, or started by itself. */
const dispatcher = `case $0 in */got/bin/hook) got_stub= got_common=\${0%/got/bin/hook} ;; esac
echo "$1" >>"$got_common/got/ran"
got_name=$1
shift
if [ -n "$got_stub" ] && [ -f "$got_common/got/watch" ]; then . "$got_bin/heal"; fi
if [ -n "$got_stub" ] && [ -x "$got_stub.got-chained" ]; then "$got_stub.got-chained" "$@"; exit; fi
exit 0
`;
