import { spawnSync } from "node:child_process";
import path from "node:path";
import { compare } from "./support/compare.ts";
import type { Row } from "./support/row.ts";

const main = path.resolve(import.meta.dirname, "..", "dist", "cli", "main.js");

/** What a person or an agent waits for before a command has begun. */
export async function bench(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [what, argv] of [
    ["got-hooks --version", ["--version"]],
    ["got-hooks policy explain task tags", ["policy", "explain", "task", "tags"]],
  ] as const) {
    rows.push(
      await compare({
        what,
        baseline: { name: "node -e 0", run: () => node(["-e", "0"]) },
        candidate: { run: () => node([main, ...argv]) },
        rounds: 21,
        bar: null,
      }),
    );
  }
  return rows;
}

function node(argv: readonly string[]): void {
  // Nothing of ours in the environment: certificates or preloads that Node is told to load would hide the difference.
  const env = { PATH: process.env["PATH"] ?? "" };
  const run = spawnSync(process.execPath, argv, { env, stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) throw new Error(`node ${argv.join(" ")} exited ${run.status}`);
}
