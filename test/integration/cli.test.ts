import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createSandbox } from "../support/sandbox.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
const main = path.join(root, "dist", "cli", "main.js");
const sandbox = createSandbox();
t.teardown(sandbox.dispose);

await t.test("tells its version without any package at hand", async (t) => {
  const bare = path.join(sandbox.root, "bare");
  mkdirSync(bare);
  cpSync(path.join(root, "dist"), path.join(bare, "dist"), { recursive: true });
  cpSync(path.join(root, "package.json"), path.join(bare, "package.json"));
  const run = sandbox.run(bare, process.execPath, [path.join(bare, "dist", "cli", "main.js"), "--version"]);
  t.same([run.status, run.stderr], [0, ""]);
  t.match(run.stdout, /^\d+\.\d+\.\d+\n$/);
  const help = sandbox.run(bare, process.execPath, [path.join(bare, "dist", "cli", "main.js"), "--help"]);
  t.equal(help.status, 70, "the help needs yargs: the test would see it if the version did too");
});

await t.test("is started through a link, as npm makes one", async (t) => {
  const link = path.join(sandbox.root, "got-hooks");
  symlinkSync(main, link);
  const run = sandbox.run(sandbox.root, link, ["policy", "check"]);
  t.equal(run.status, 0, run.stderr);
});

await t.test("keeps results and trouble apart, and its exit code, in a pipe without colours", async (t) => {
  const run = sandbox.run(sandbox.root, process.execPath, [main, "statsu"]);
  t.same([run.status, run.stdout], [2, ""]);
  t.equal(run.stderr, "got-hooks: Unknown command statsu. Did you mean status? See got-hooks --help.\n");
});

await t.test("ends well when its reader closes the pipe before a large result is through", async (t) => {
  const large = path.join(sandbox.root, "large.jsonl");
  writeFileSync(large, `${JSON.stringify({ id: 1, text: "x".repeat(200) })}\n`.repeat(50_000));
  const child = spawn(process.execPath, [main, "merge-driver", "log", large, large, large], {
    env: sandbox.env,
  });
  const stderr: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  t.same([code, Buffer.concat(stderr).toString()], [0, ""]);
});

await t.test("writes a large result in full", async (t) => {
  const large = path.join(sandbox.root, "large.jsonl");
  const run = sandbox.run(sandbox.root, process.execPath, [main, "merge-driver", "log", large, large, large]);
  t.equal(run.status, 0);
  t.ok(run.stdout === readFileSync(large, "utf8"), `${run.stdout.length} characters`);
});
