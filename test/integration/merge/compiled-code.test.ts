import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { commitOn } from "../../support/both-ways.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";
import { taskText } from "../../support/tasks.ts";

/** A repository whose one merge needs the entity driver, and what is kept of the driver's compiled code. */
function scene(t: Test) {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const { got, bin } = installDrivers(repository);
  repository.commit({ "a.json": taskText() });
  commitOn(repository, "theirs", "main", { "a.json": taskText({ points: 4 }) });
  repository.commit({ "a.json": taskText({ points: 3 }) });
  const code = path.join(got, "code");
  return {
    code,
    bundle: path.join(bin, "got-entity.cjs"),
    kept: () => readdirSync(code).map((name) => path.join(code, name)),
    merge: () => {
      repository.git("reset", "-q", "--hard", "main");
      repository.git("checkout", "-q", "--detach", "main");
      const run = repository.try("merge", "-q", "theirs");
      const text = repository.read("a.json");
      return { stderr: run.stderr, task: text.includes("<<<<") ? null : (JSON.parse(text) as unknown) };
    },
  };
}

await t.test("the first merge keeps the compiled code, later ones use it", async (t) => {
  const { kept, merge } = scene(t);
  t.match(merge(), { stderr: "", task: { points: 6 } });
  const [file = "", ...others] = kept();
  t.same(others, []);
  const before = readFileSync(file);
  t.ok(before.length > 10_000);
  t.match(merge(), { stderr: "", task: { points: 6 } });
  t.same(kept(), [file]);
  t.ok(before.equals(readFileSync(file)), "it is not written again");
});

await t.test("another bundle is compiled anew, and replaces what was kept", async (t) => {
  const { kept, merge, bundle } = scene(t);
  merge();
  const [old = ""] = kept();
  // Of the same size, on purpose: V8 itself compares no more than that.
  const text = readFileSync(bundle, "utf8").replace("merging as text", "merging, as tex");
  writeFileSync(bundle, text);
  utimesSync(bundle, new Date(), new Date(Date.now() + 5000));
  t.match(merge(), { stderr: "", task: { points: 6 } });
  const now = kept();
  t.equal(now.length, 1);
  t.not(now[0], old);
});

for (const [what, spoil] of [
  ["empty", (file: string) => writeFileSync(file, "")],
  ["of another kind", (file: string) => writeFileSync(file, "x".repeat(100_000))],
  ["cut off at the start", (file: string) => writeFileSync(file, readFileSync(file).subarray(1))],
  ["cut off at the end", (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5000))],
] as const) {
  await t.test(`kept code that is ${what} is refused and made anew`, async (t) => {
    const { kept, merge } = scene(t);
    merge();
    for (const file of kept()) spoil(file);
    merge();
    t.match(merge(), { stderr: "", task: { points: 6 } });
  });
}

await t.test("a driver that crashes loses its kept code, and the file is merged as text", async (t) => {
  const { code, merge, bundle } = scene(t);
  merge();
  t.ok(existsSync(code));
  writeFileSync(bundle, 'process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 1000);');
  t.match(merge().stderr, /a\.json: the merge program could not be run \(status 139\); merging as text/);
  t.notOk(existsSync(code));
});

await t.test("where nothing can be kept, merges are right all the same", async (t) => {
  const { code, merge } = scene(t);
  writeFileSync(code, "a file in the way");
  chmodSync(code, 0o400);
  t.match(merge(), { stderr: "", task: { points: 6 } });
  rmSync(code);
});
