import { install } from "../../src/install/install.ts";
import { uninstall } from "../../src/install/uninstall.ts";

// A process that installs or uninstalls and may be killed at any instant: `<install|uninstall> <cwd> <package> <temporary>`.
// It says "ready" first, so that whoever kills it knows that it has begun.
const [what, cwd = "", packageRoot = "", temporary = ""] = process.argv.slice(2);
process.stdout.write("ready\n");
if (what === "install") {
  const result = install({
    cwd,
    env: process.env,
    packageRoot,
    nodePath: process.execPath,
    umask: 0o022,
    temporary,
    dryRun: false,
  });
  process.stdout.write(`${result.kind}\n`);
} else {
  const result = uninstall({ cwd, env: process.env, dryRun: false, purge: false });
  process.stdout.write(`${result.kind}\n`);
}
