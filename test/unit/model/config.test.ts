import t from "tap";
import { parseConfig } from "../../../src/model/config.ts";
import { ruleFor, wholeSettings } from "../../../src/model/rule-for.ts";

function problems(config: unknown): string[] {
  const parsed = parseConfig(typeof config === "string" ? config : JSON.stringify(config));
  return parsed.kind === "invalid" ? parsed.problems.map(({ at, reason }) => `${at}: ${reason}`) : [];
}

await t.test("reads a policy, and ignores keys it does not know", async (t) => {
  const parsed = parseConfig(
    JSON.stringify({
      version: 1,
      future: { x: 1 },
      merge: {
        task: {
          tags: "set",
          status: { rule: "order", order: ["a", "b"], group: ["by"], note: 1 },
          "@delete": "keep",
        },
      },
      paths: [{ match: "t/*.jsonl", driver: "table", key: "key", type: "task", more: true }],
      events: { track: false, autoCommit: true },
      hooks: { serialize: true },
    }),
  );
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
  const { policy, events, hooks } = parsed.config;
  t.match(ruleFor(policy, "task", "status"), {
    rule: { rule: "order", order: ["a", "b"], group: ["by"] },
    source: "config",
  });
  t.equal(wholeSettings(policy, "task").deletion, "keep");
  t.strictSame(policy.paths, [{ match: "t/*.jsonl", driver: "table", key: "key", type: "task" }]);
  t.strictSame([events, hooks], [{ track: false, autoCommit: true }, { serialize: true }]);
});

await t.test("lists everything that is wrong, by place", async (t) => {
  t.strictSame(
    problems({
      version: 2,
      merge: {
        task: { a: "newest", b: { rule: "order" }, c: { rule: "list" }, d: 1, "@strategy": "mine" },
        "*": [],
      },
      paths: [
        { match: "" },
        { match: "x", driver: "yaml" },
        { match: "a*b*c*d*e" },
        { match: "**/a/**/b/**/c/**" },
      ],
      events: { track: "no", autoCommit: 1 },
    }),
    [
      "version: is 2; this got-hooks understands 1: upgrade it",
      'merge.task.a.rule: must be one of conflict, latest, max, min, counter, set, list, text, order, object, derived, ours, theirs, not "newest"',
      "merge.task.b: rule `order` needs `order`",
      "merge.task.c: rule `list` needs `key`",
      "merge.task.d: must be a rule's name or an object with `rule`",
      'merge.task.@strategy: must be one of merge, ours, theirs, not "mine"',
      "merge.*: must be an object of fields",
      "paths[0].match: must be a pattern on one line",
      'paths[1].driver: must be one of log, table, entity, snapshot, not "yaml"',
      "paths[2].match: has more than 3 stars in a part, or `**` parts",
      "paths[3].match: has more than 3 stars in a part, or `**` parts",
      "events.track: must be true or false",
      "events.autoCommit: must be true or false",
    ],
  );
  t.strictSame(problems("{"), ["line 1, column 2: not valid JSON: close brace expected"]);
  t.strictSame(problems('{"merge": {}, "merge": {}}'), [
    'line 1, column 15: not valid JSON: duplicate key "merge"',
  ]);
  t.strictSame(problems([]), ["/: must be an object"]);
});

await t.test("keys from the prototype are ordinary names", async (t) => {
  const parsed = parseConfig('{"merge": {"__proto__": {"constructor": "max", "__proto__": "min"}}}');
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
  t.equal(ruleFor(parsed.config.policy, "__proto__", "__proto__").rule.rule, "min");
  t.equal(ruleFor(parsed.config.policy, "__proto__", "constructor").rule.rule, "max");
  t.equal(ruleFor(parsed.config.policy, "task", "toString").rule.rule, "conflict");
});

await t.test(
  "a name beats a wildcard, the type beats `*`, the configuration beats what is built in",
  async (t) => {
    const parsed = parseConfig(
      JSON.stringify({
        merge: { task: { "*": "latest", "meta.*": "max" }, "*": { title: "min", tags: "ours" } },
      }),
    );
    if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
    const found = (field: string) => {
      const { rule, source, type, pattern } = ruleFor(parsed.config.policy, "task", field);
      return `${rule.rule} ${source} ${type} ${pattern}`;
    };
    t.equal(found("tags"), "set built-in task tags");
    t.equal(found("title"), "min config * title");
    t.equal(found("other"), "latest config task *");
    t.equal(found("meta.a.b"), "max config task meta.*");
    t.equal(found("updated_at"), "max built-in * updated_at");
  },
);

await t.test(
  "reads patterns of critical resources, and takes no lock server from a file that travels",
  async (t) => {
    const parsed = parseConfig(
      JSON.stringify({ locks: { critical: ["landing/*", "edges"], url: "redis://elsewhere" } }),
    );
    if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
    t.strictSame(parsed.config.locks, { critical: ["landing/*", "edges"] });
    t.strictSame(problems({ locks: [] }), ["locks: must be an object"]);
    t.strictSame(problems({ locks: { critical: "x" } }), ["locks.critical: must be a list of patterns"]);
    t.strictSame(problems({ locks: { critical: ["x", 1, ""] } }), [
      "locks.critical[1]: must be a resource's name or a pattern of names",
      "locks.critical[2]: must be a resource's name or a pattern of names",
    ]);
    t.strictSame(problems({ locks: { critical: Array.from({ length: 201 }, () => "x") } }), [
      "locks.critical: has 201 patterns; at most 200",
    ]);
  },
);
