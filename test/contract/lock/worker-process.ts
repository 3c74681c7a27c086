import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { testEnvironment } from "../../support/sandbox.ts";

/** A worker seen from the test: one command at a time, one answer each. */
export interface Worker {
  readonly pid: number;
  readonly send: (command: Record<string, unknown>) => Promise<Record<string, unknown>>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it kindly and waits for its end. */
  readonly end: () => Promise<void>;
  readonly ended: Promise<void>;
}

export interface Workers {
  readonly start: () => Promise<Worker>;
  readonly startMany: (count: number) => Promise<Worker[]>;
  readonly dispose: () => Promise<void>;
}

/** Bundles the worker once; every process starts from that file. */
export async function createWorkers(
  url: string,
  locksDirectory: string,
  entry = "worker.ts",
): Promise<Workers> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-lock-worker-"));
  const file = path.join(folder, "worker.mjs");
  await build({
    entryPoints: [path.join(import.meta.dirname, entry)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
    external: ["pg-native", "cloudflare:sockets"],
    // CommonJS packages inside an ES module bundle still ask for Node's own modules this way.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const running = new Set<Worker>();
  const start = async (): Promise<Worker> => {
    const child = spawn(process.execPath, [file, url, locksDirectory], {
      stdio: ["pipe", "pipe", "inherit"],
      env: testEnvironment(folder),
    });
    const worker = await wrap(child);
    running.add(worker);
    void worker.ended.then(() => running.delete(worker));
    return worker;
  };
  return {
    start,
    startMany: (count) => Promise.all(Array.from({ length: count }, start)),
    dispose: async () => {
      for (const worker of running) worker.signal("SIGKILL");
      await Promise.all([...running].map((worker) => worker.ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function wrap(child: ChildProcess): Promise<Worker> {
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error("the worker did not start");
  const waiting: ((answer: Record<string, unknown>) => void)[] = [];
  const early: Record<string, unknown>[] = [];
  createInterface({ input: stdout }).on("line", (line) => {
    const answer: Record<string, unknown> = JSON.parse(line);
    const taker = waiting.shift();
    if (taker === undefined) early.push(answer);
    else taker(answer);
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      for (const taker of waiting.splice(0)) taker({ died: true });
      resolve();
    });
  });
  stdin.on("error", () => {});
  const nextAnswer = (): Promise<Record<string, unknown>> => {
    const ready = early.shift();
    return ready === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(ready);
  };
  const first = await nextAnswer();
  if (first["ready"] !== true)
    throw new Error(`the worker ended before it was ready: ${JSON.stringify(first)}`);
  return {
    pid,
    send: (command) => {
      const answered = nextAnswer();
      stdin.write(`${JSON.stringify(command)}\n`);
      return answered;
    },
    signal: (signal) => void child.kill(signal),
    end: async () => {
      stdin.end();
      await ended;
    },
    ended,
  };
}
