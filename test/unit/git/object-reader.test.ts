import t from "tap";
import { openObjectReader, withObjectReader } from "../../../src/git/object-reader.ts";
import { createTreeReader, entryAt } from "../../../src/git/tree-reader.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const repository = createRepository(sandbox);
repository.commit({ small: "small", large: Buffer.alloc(3 * 1024 * 1024, 97), "a/b/c": "deep" });
const call = { cwd: repository.dir, env: sandbox.env };
const oidOf = (expression: string): string => repository.git("rev-parse", expression).trim();

await t.test("answers many questions in their order, without holding what is too large", async (t) => {
  await withObjectReader(call, async (reader) => {
    const [small, large, missing] = [oidOf("HEAD:small"), oidOf("HEAD:large"), "1".repeat(40)];
    const limits = [10, 1024, 2 * 1024 * 1024, 4 * 1024 * 1024];
    const answers = await Promise.all(
      [small, large, missing, small].flatMap((oid) => limits.map((limit) => reader.read(oid, limit))),
    );
    const told = answers.map((answer) => (answer.kind === "object" ? answer.bytes.length : answer.kind));
    const [few, many] = [5, 3 * 1024 * 1024];
    t.strictSame(
      told,
      [
        [few, few, few, few],
        ["too-large", "too-large", "too-large", many],
        ["missing", "missing", "missing", "missing"],
        [few, few, few, few],
      ].flat(),
    );
  });
});

await t.test("says so when git cannot read the repository, and refuses what is no id", async (t) => {
  const nowhere = openObjectReader({ ...call, cwd: sandbox.root });
  await t.rejects(nowhere.read("1".repeat(40), 10), { code: "GIT_FAILED" });
  await nowhere.close();
  const reader = openObjectReader(call);
  await t.rejects(reader.read("HEAD\ncontents HEAD", 10), { code: "INTERNAL" });
  await reader.close();
});

await t.test("answers nobody once it is closed, and starts no git for them", async (t) => {
  const reader = openObjectReader(call);
  await reader.read(oidOf("HEAD:small"), 10);
  await reader.close();
  // A git that was started now would keep this process alive for ever.
  await t.rejects(reader.read(oidOf("HEAD:small"), 10), { code: "GIT_FAILED", message: /is closed/ });
});

await t.test("reads trees and commits as they are, odd names included", async (t) => {
  const name = Buffer.from("line\nbreak ü");
  const blob = oidOf("HEAD:small");
  const made = sandbox.run(repository.dir, "git", ["mktree", "-z"], {
    input: `100644 blob ${blob}\t${name.toString()}\0`,
  });
  const top = oidOf("HEAD^{tree}");
  await withObjectReader(call, async (objects) => {
    const trees = createTreeReader(objects);
    t.strictSame(
      [...(await trees.tree(made.stdout.trim()))],
      [[name.toString("latin1"), { mode: "100644", oid: blob }]],
    );
    t.match(await trees.commit(oidOf("HEAD")), { tree: top, parents: [], subject: "change" });
    t.equal((await entryAt(trees, top, "a/b/c"))?.oid, oidOf("HEAD:a/b/c"));
    t.equal(await entryAt(trees, top, "a/x/c"), null);
    t.equal(await entryAt(trees, top, "small/x"), null);
    await t.rejects(trees.tree("1".repeat(40)), { code: "MISSING_OBJECT" });
  });
});
