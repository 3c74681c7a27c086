import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import t from "tap";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import { createRepository, createSandbox, type Sandbox } from "../../support/sandbox.ts";
import { createSmallPackage } from "../../support/small-package.ts";
import { treeState } from "../../support/tree-state.ts";

const workers = createSandbox();
t.teardown(workers.dispose);
const worker = path.join(workers.root, "worker.cjs");
await build({
  entryPoints: [path.resolve(import.meta.dirname, "../../support/install-worker.ts")],
  bundle: true,
  platform: "node",
  format: "cjs",
  mainFields: ["module", "main"],
  outfile: worker,
  logLevel: "warning",
});

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
  readonly output: string;
}

/** Runs the worker; kills it that many milliseconds after it has begun, or lets it end. */
const runWorker = async (
  sandbox: Sandbox,
  args: readonly string[],
  killAfterMs: number | null,
): Promise<Ended> => {
  const child = spawn(process.execPath, [worker, ...args], {
    env: sandbox.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "close");
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("ready")) resolve();
    });
  });
  await Promise.race([ready, ended]);
  if (killAfterMs !== null) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  await ended;
  return { signal: child.signalCode, status: child.exitCode, output };
};

/** Everything but what git itself writes and what tells one installation from another. */
const comparable = (directory: string): Record<string, string> =>
  treeState(directory, (file) => /^\.git\/got\/(locks|memo\.key|install\.json)/.test(file));

const pauses = [2, 10, 25, 40, 60, 80, 100, 130, 160, 200];

await t.test("an install killed at any instant is completed by the next one", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const pack = createSmallPackage(sandbox.root);
  const model = createRepository(sandbox, "model");
  writeFileSync(path.join(model.dir, ".git/hooks/pre-commit"), "#!/bin/sh\n", { mode: 0o755 });
  const untouched = comparable(model.dir);
  runInstall(sandbox, model.dir, pack);
  const complete = Object.keys(comparable(model.dir));
  let killed = 0;
  for (const pause of pauses) {
    const repository = createRepository(sandbox, `killed-${pause}`);
    writeFileSync(path.join(repository.dir, ".git/hooks/pre-commit"), "#!/bin/sh\n", { mode: 0o755 });
    const ended = await runWorker(sandbox, ["install", repository.dir, pack, sandbox.root], pause);
    if (ended.signal === "SIGKILL") killed += 1;
    t.equal(repository.try("commit", "-q", "--allow-empty", "-m", "x").status, 0, "git works on");
    runInstall(sandbox, repository.dir, pack);
    const grown = (file: string): boolean =>
      /^\.git\/(index|logs|objects|refs|COMMIT_EDITMSG|got\/ran)/.test(file);
    t.strictSame(
      Object.keys(comparable(repository.dir)).filter((file) => !grown(file)),
      complete.filter((file) => !grown(file)),
      `killed after ${pause} ms`,
    );
    runUninstall(sandbox, repository.dir);
    const before = Object.entries(untouched).filter(([file]) => !grown(file));
    t.strictSame(
      Object.entries(comparable(repository.dir)).filter(([file]) => !grown(file)),
      before,
      `uninstalled after a kill at ${pause} ms`,
    );
  }
  t.ok(killed > 0, `${killed} of ${pauses.length} were killed before they were done`);
});

await t.test("an uninstall killed at any instant is completed by the next one", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const pack = createSmallPackage(sandbox.root);
  let killed = 0;
  for (const pause of pauses) {
    const repository = createRepository(sandbox, `killed-${pause}`);
    writeFileSync(path.join(repository.dir, ".git/hooks/pre-commit"), "#!/bin/sh\n", { mode: 0o755 });
    const before = comparable(repository.dir);
    runInstall(sandbox, repository.dir, pack);
    const ended = await runWorker(sandbox, ["uninstall", repository.dir], pause);
    if (ended.signal === "SIGKILL") killed += 1;
    runUninstall(sandbox, repository.dir);
    const left = comparable(repository.dir);
    delete left[".git/got/"];
    t.strictSame(left, before, `killed after ${pause} ms`);
  }
  t.ok(killed > 0, `${killed} of ${pauses.length} were killed before they were done`);
});

await t.test("five installs at once end as one", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const pack = createSmallPackage(sandbox.root);
  const repository = createRepository(sandbox);
  writeFileSync(path.join(repository.dir, ".git/hooks/pre-commit"), "#!/bin/sh\necho theirs\n", {
    mode: 0o755,
  });
  const before = treeState(repository.dir);
  const runs = await Promise.all(
    Array.from({ length: 5 }, async () =>
      runWorker(sandbox, ["install", repository.dir, pack, sandbox.root], null),
    ),
  );
  t.strictSame(
    runs.map(({ status, output }) => `${status} ${output.trim().replaceAll("\n", " ")}`).toSorted(),
    ["0 ready installed", ...Array.from({ length: 4 }, () => "0 ready unchanged")],
  );
  t.ok(existsSync(path.join(repository.dir, ".git/hooks/pre-commit.got-chained")));
  runUninstall(sandbox, repository.dir);
  t.strictSame(treeState(repository.dir), before);
});

await t.test("an upgrade while git runs our hooks disturbs neither", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const newer = createSmallPackage(sandbox.root, "2.0.0");
  // The user's hook is chained: our dispatcher is in the middle of its work when this replaces it.
  const hook = `#!/bin/sh\nexec env -u NODE_OPTIONS '${process.execPath}' '${worker}' install '${repository.dir}' '${newer}' '${sandbox.root}'\n`;
  writeFileSync(path.join(repository.dir, ".git/hooks/pre-commit"), hook, { mode: 0o755 });
  const before = treeState(path.join(repository.dir, ".git/hooks"));
  runInstall(sandbox, repository.dir, createSmallPackage(sandbox.root, "1.0.0"));
  const done = repository.try("commit", "-q", "--allow-empty", "-m", "x");
  t.equal(done.status, 0, done.stderr);
  const read = (file: string): string => readFileSync(path.join(repository.dir, ".git/got", file), "utf8");
  t.equal(read("bin/version"), "2.0.0\n");
  t.equal(read("ran"), "pre-commit\ncommit-msg\npost-commit\n");
  runUninstall(sandbox, repository.dir);
  t.strictSame(treeState(path.join(repository.dir, ".git/hooks")), before);
});
