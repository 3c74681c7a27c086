import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * A package folder with the files that install copies, each a few lines long: for tests of the installer itself.
 * Its dispatcher writes `<name>` into `<common-dir>/got/ran`, then runs the chained hook as the real one does.
 */
export function createSmallPackage(root: string, version = "1.0.0"): string {
  const directory = path.join(root, `package-${version}`);
  const write = (file: string, content: string): void => {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), content);
  };
  write("package.json", JSON.stringify({ name: "got-hooks", version }));
  write("hooks/stub", stub);
  write("hooks/hook", dispatcher);
  write("hooks/lib.sh", `# ${version}\n`);
  for (const name of smallPackageHooks) write(`hooks/${name}`, `# ${name} ${version}\n`);
  write("drivers/got-merge.sh", `# shim ${version}\n`);
  write("dist/drivers/got-merge.cjs", `// driver ${version}\n`);
  write("dist/hooks/check-data.cjs", `// check ${version}\n`);
  write("dist/install/uninstall.cjs", `// uninstall ${version}\n`);
  chmodSync(path.join(directory, "hooks/hook"), 0o755);
  return directory;
}

export const smallPackageHooks = ["pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "post-checkout", "pre-push"];

const stub = `#!/bin/sh
# got-hooks stub
got_name=\${0##*/}
got_hook="$(git rev-parse --git-common-dir)/got/bin/hook"
if [ -f "$got_hook" ]; then GOT_HOOK_STUB=$0 exec sh "$got_hook" "$got_name" "$@"; fi
[ ! -x "$0.got-chained" ] || exec "$0.got-chained" "$@"
`;

const dispatcher = `#!/bin/sh
name=$1; shift
echo "$name" >>"$(git rev-parse --git-common-dir)/got/ran"
chained=\${GOT_HOOK_STUB-}
unset GOT_HOOK_STUB
[ ! -x "\${chained%/*}/$name.got-chained" ] || [ -z "$chained" ] || exec "\${chained%/*}/$name.got-chained" "$@"
`;
