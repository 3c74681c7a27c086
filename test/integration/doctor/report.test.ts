import { readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { findingKinds } from "../../../src/doctor/finding-kinds.ts";
import { createPatient } from "../../support/doctor.ts";
import { cli } from "../../support/run-cli.ts";
import { treeState } from "../../support/tree-state.ts";

const root = path.resolve(import.meta.dirname, "..", "..", "..");

await t.test("prints each finding with what to type, exits 1, and changes no byte", async (t) => {
  const { repository, sandbox } = createPatient(t, { installed: false });
  const before = treeState(sandbox.root);
  const text = await cli(repository.dir, ["doctor"], sandbox.env);
  t.equal(text.status, 1);
  t.match(text.stdout, /^problem not-installed: .*\n {2}observed {2}got-hooks is not installed/);
  t.match(text.stdout, `  type      got-hooks -C ${repository.dir} install\n`);
  t.match(text.stdout, /\n1 problem in 1 worktree\.\n$/);
  const json = await cli(repository.dir, ["doctor", "--json"], sandbox.env);
  t.equal(json.status, 1);
  t.match(JSON.parse(json.stdout), {
    version: 1,
    command: "doctor",
    data: { findings: [{ id: "not-installed", severity: "problem", fixable: false }] },
  });
  t.same(treeState(sandbox.root), before);
});

await t.test(
  "--live says that there is nothing to prove, --fix what is left to do; neither changes a byte",
  async (t) => {
    const { repository, sandbox } = createPatient(t, { installed: false });
    const before = treeState(sandbox.root);
    const live = await cli(repository.dir, ["doctor", "--live", "--fix"], sandbox.env);
    t.equal(live.status, 1);
    t.match(live.stdout, "Not proved: looking for got-hooks failed: it is not installed here");
    t.match(live.stdout, "problem not-installed");
    t.same(treeState(sandbox.root), before);
  },
);

await t.test("says outside of a repository that there is none", async (t) => {
  const { sandbox } = createPatient(t, { installed: false });
  const done = await cli(sandbox.root, ["doctor"], sandbox.env);
  t.equal(done.status, 1);
  t.match(done.stderr, "is not in a git repository");
});

await t.test("docs/doctor.md has a row for each kind of finding, and no other", async (t) => {
  const rows = readFileSync(path.join(root, "docs", "doctor.md"), "utf8").matchAll(
    /^\| `([a-z-]+)` \| (problem|note) \|/gm,
  );
  const documented = [...rows].map(([, id, severity]) => `${id} ${severity}`);
  const known = Object.entries(findingKinds).map(([id, { severity }]) => `${id} ${severity}`);
  t.same(documented.sort(), known.sort());
});
