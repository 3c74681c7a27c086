import { GotError } from "../base/errors.ts";
import { uninstall } from "../install/uninstall.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { errorLine, toGotError } from "./print-error.ts";
import { uninstallText } from "./views/uninstall.ts";

/**
 * The bundle that install leaves in `<common-dir>/got/bin`: uninstalls with nothing but Node and git, when the package is
 * gone. `sh <common-dir>/got/bin/uninstall [--dry-run] [--purge]`, in the repository.
 */
function main(): number {
  const known = ["--dry-run", "--purge"];
  const unknown = process.argv.slice(2).find((argument) => !known.includes(argument));
  if (unknown !== undefined) {
    throw new GotError("USAGE", `Unknown argument ${unknown}`, { hint: `Known are ${known.join(" and ")}.` });
  }
  const result = uninstall({
    cwd: process.cwd(),
    env: process.env,
    dryRun: process.argv.includes("--dry-run"),
    purge: process.argv.includes("--purge"),
  });
  process.stdout.write(uninstallText(result));
  return exitCodes.done;
}

try {
  process.exitCode = main();
} catch (thrown) {
  const error = toGotError(thrown);
  process.stderr.write(errorLine(error, { color: false }));
  process.exitCode = exitCodeOf(error);
}
