import { existsSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothChanged, diverge, resolve, taskFile } from "../../support/conflicted.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const root = path.resolve(import.meta.dirname, "..", "..", "..");

await t.test("without a terminal --interactive is refused", async (t) => {
  const repository = createRepository(sandbox, "no-terminal");
  t.match(await resolve(repository.dir, "--interactive"), {
    status: 2,
    stderr: /--interactive needs a terminal/,
  });
});

const script = "/usr/bin/script";
await t.test("asks about each conflict on a terminal", { skip: !existsSync(script) }, async (t) => {
  const repository = createRepository(sandbox, "terminal");
  diverge(repository, bothChanged);
  t.not(repository.try("merge", "-q", "topic").status, 0);
  const command = `'${process.execPath}' --import=tsx '${path.join(root, "src/cli/main.ts")}' -C '${repository.dir}' resolve -i`;
  // owner: help, then their value; title: one of our own.
  const run = sandbox.run(root, script, ["-qec", command, "/dev/null"], { input: "?\nt\ne\nTyped here\n" });
  t.match(run.stdout, /owner: both sides changed it/);
  t.match(run.stdout, /o ours, t theirs/);
  t.equal(run.status, 0, run.stdout);
  t.match(JSON.parse(repository.read(taskFile)), { owner: "t", title: "Typed here" });
  t.equal(repository.git("ls-files", "-u"), "");
});
