import { createInterface } from "node:readline";
import process from "node:process";
import lockfile from "proper-lockfile";

/** proper-lockfile as it comes, in a process of its own: the baseline of the regression tests. */
const [, , file = "", lockfilePath = ""] = process.argv;
const answer = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
let release: (() => Promise<void>) | undefined;

async function run(command: {
  do: string;
  stale?: number;
  update?: number;
  atMs?: number;
  other?: string;
}): Promise<unknown> {
  const { stale = 10_000, update } = command;
  switch (command.do) {
    case "lock":
      while (Date.now() < (command.atMs ?? 0)) {
        // Everybody sets off in the same millisecond.
      }
      release = await lockfile.lock(file, {
        lockfilePath,
        realpath: false,
        stale,
        ...(update === undefined ? {} : { update }),
      });
      return { kind: "granted" };
    case "release":
      await release?.();
      return { kind: "released" };
    case "two": {
      const other = { realpath: false, lockfilePath: command.other ?? "" };
      await lockfile.lock(file, { realpath: false, lockfilePath });
      await lockfile.lock(file, other);
      await lockfile.unlock(file, { realpath: false, lockfilePath });
      await lockfile.unlock(file, other);
      return { kind: "released" };
    }
    default:
      return {};
  }
}

answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer(await run(JSON.parse(line)));
  } catch (error) {
    answer({ kind: "refused", why: String(error) });
  }
}
