import t from "tap";
import { demoAgents, eventLine, firstTask } from "../../../../src/cli/demo/agents.ts";
import { checkDemo } from "../../../../src/cli/demo/check-demo.ts";
import type { DemoResult } from "../../../../src/cli/demo/play-demo.ts";

const edits = Object.fromEntries(demoAgents.map(({ field, value }) => [field, value]));
const task = { ...firstTask, ...edits, tags: ["core", "reviewed"], attempts: 5 };
const log = demoAgents
  .map(({ name: agent, second }) => eventLine({ agent, second, event: "task.updated" }))
  .join("");
const good: DemoResult = {
  repository: "/r",
  before: { task: "", log: "" },
  after: { task: JSON.stringify(task), log },
  merges: demoAgents.map(({ name }) => ({ branch: name, kind: "merged", conflicts: [] })),
  firstConflict: null,
  graph: "",
  recorded: { "git.commit": 6, "git.merge": 5 },
  status: "",
};

const failures = (result: DemoResult): string[] =>
  checkDemo(result).flatMap(({ what, holds }) => (holds ? [] : [what]));
const withTask = (change: object): DemoResult => ({
  ...good,
  after: { ...good.after, task: JSON.stringify({ ...task, ...change }) },
});

await t.test("finds nothing missing where nothing is", async (t) => {
  t.same(failures(good), []);
});

await t.test("finds whatever one agent did and the merge lost", async (t) => {
  for (const { name, field } of demoAgents) {
    t.match(failures(withTask({ [field]: "lost" })), [new RegExp(`^${name}'s ${field} is`)]);
  }
  t.same(failures(withTask({ attempts: 4 })), ["attempts is 5"]);
  t.same(failures(withTask({ tags: ["core", "reviewed", "reviewed"] })), ["the tag reviewed is there once"]);
  t.same(failures({ ...good, after: { ...good.after, log: log + log } }), [
    "every agent's event is in the log once",
  ]);
});

await t.test("finds conflicts, a dirty work tree, and hooks that did not run", async (t) => {
  const merges = [{ branch: "ada", kind: "conflict" as const, conflicts: ["x"] }];
  t.same(failures({ ...good, merges }), ["5 branches merged, no conflict"]);
  t.same(failures({ ...good, status: "?? x\n" }), ["the work tree is clean"]);
  t.same(failures({ ...good, recorded: {} }), [
    "every agent's commit and every merge was recorded by the hooks",
  ]);
});

await t.test("counts everything as lost in a task that is no JSON", async (t) => {
  const broken = failures({ ...good, after: { ...good.after, task: "<<<<<<<" } });
  t.equal(broken.length, demoAgents.length + 2);
});
