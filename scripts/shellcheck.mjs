// Checks every POSIX sh file: parsed by each shell at hand, and by shellcheck where it is installed.
import { execFileSync, spawnSync } from "node:child_process";

const files = execFileSync(
  "git",
  ["ls-files", "-co", "--exclude-standard", "-z", "hooks", "drivers", "install.sh", ".ci/run", ".husky"],
  { encoding: "utf8" },
)
  .split("\0")
  .filter((file) => file && !/\.(ts|md|json)$/.test(file) && !file.includes(".husky/_/"));
let failed = false;
for (const [tool, args] of [
  ["sh", ["-n"]],
  ["dash", ["-n"]],
  ["busybox", ["sh", "-n"]],
]) {
  for (const file of files) {
    const run = spawnSync(tool, [...args, file], { encoding: "utf8" });
    if (run.error) break;
    if (run.status !== 0) failed = true;
    process.stderr.write(run.stderr);
  }
}
const check = spawnSync("shellcheck", ["-s", "sh", "-x", ...files], { encoding: "utf8" });
if (check.error) console.error("shellcheck is not installed: only the syntax was checked");
else if (check.status !== 0) {
  process.stdout.write(check.stdout);
  failed = true;
}
process.exit(failed ? 1 : 0);
