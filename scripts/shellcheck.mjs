// Checks every POSIX sh file: parsed by each shell at hand, and by shellcheck where it is installed.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const files = execFileSync(
  "git",
  ["ls-files", "-co", "--exclude-standard", "-z", "hooks", "drivers", "install.sh", ".ci/run", ".husky"],
  { encoding: "utf8" },
)
  .split("\0")
  .filter((file) => existsSync(file) && !/\.(ts|md|json)$/.test(file) && !file.includes(".husky/_/"));
let failed = false;
for (const shell of ["sh", "dash", "busybox"]) {
  for (const file of files) {
    const args = shell === "busybox" ? ["sh", "-n", file] : ["-n", file];
    const run = spawnSync(shell, args, { encoding: "utf8" });
    if (run.error) break;
    if (run.status !== 0) failed = true;
    process.stderr.write(run.stderr);
  }
}
const check = spawnSync("shellcheck", ["-s", "sh", "-x", "--source-path=SCRIPTDIR", ...files], {
  encoding: "utf8",
});
if (check.error) console.error("shellcheck is not installed: only the syntax was checked");
else if (check.status !== 0) {
  process.stdout.write(check.stdout);
  failed = true;
}
process.exit(failed ? 1 : 0);
