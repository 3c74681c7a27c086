import fc from "fast-check";
import t from "tap";
import { linearMergeBase } from "../../../src/git/linear-merge-base.ts";
import { withObjectReader } from "../../../src/git/object-reader.ts";
import { createTreeReader } from "../../../src/git/tree-reader.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

await t.test("says what git says, or nothing, in histories of every shape", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const tree = sandbox.run(repository.dir, "git", ["mktree"]).stdout.trim();
  const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`seed ${seed}`);
  // Each commit has the one before it, or up to two of all that were before, for parents.
  const shapes = fc.array(fc.array(fc.nat(11), { minLength: 0, maxLength: 2 }), {
    minLength: 12,
    maxLength: 12,
  });
  let found = 0;
  for (const shape of fc.sample(shapes, { numRuns: 4, seed })) {
    const commits: string[] = [];
    for (const [index, parents] of shape.entries()) {
      const known = [...new Set(parents.map((parent) => commits[index - 1 - (parent % 3)]))];
      const args = known.flatMap((parent) => (parent === undefined ? [] : ["-p", parent]));
      commits.push(repository.git("commit-tree", tree, ...args, "-m", `${seed} ${index}`).trim());
    }
    await withObjectReader({ cwd: repository.dir, env: sandbox.env }, async (objects) => {
      const trees = createTreeReader(objects);
      for (const [index, left] of commits.entries()) {
        for (const right of commits.slice(Math.max(0, index - 3), index)) {
          const base = await linearMergeBase(trees, left, right);
          if (base === undefined) continue;
          found++;
          const said = repository.try("merge-base", "--all", left, right).stdout.trim();
          if (base !== said) t.fail(`${left} ${right}: ${base}, but git says ${said}`);
        }
      }
    });
  }
  t.ok(found > 10, `${found} merge bases were seen without git`);
});
