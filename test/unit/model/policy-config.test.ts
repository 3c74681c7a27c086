import t from "tap";
import { parseConfig } from "../../../src/model/config.ts";
import { parsePolicyConfig } from "../../../src/model/policy-config.ts";

await t.test("reads what is said about merging, whatever is wrong elsewhere", async (t) => {
  const text = JSON.stringify({
    merge: { task: { tags: "set" } },
    paths: [{ match: "tracker.jsonl", driver: "table" }],
    events: { track: "perhaps" },
    metrics: 7,
  });
  const parsed = parsePolicyConfig(text);
  t.equal(parsed.kind, "parsed");
  if (parsed.kind !== "parsed") return;
  t.same(parsed.config.types.get("task")?.fields.get("tags"), { rule: "set" });
  t.same(parsed.config.paths, [{ match: "tracker.jsonl", driver: "table" }]);
  const whole = parseConfig(text);
  t.same(whole.kind === "invalid" && whole.problems.map(({ at }) => at), ["events.track", "metrics"]);
});

await t.test("says of a policy what is said of it as a part of the whole", async (t) => {
  for (const text of ["{", "[]", '{"version":2}', '{"merge":{"task":{"tags":"sett"}}}', '{"paths":[{}]}']) {
    const [policy, whole] = [parsePolicyConfig(text), parseConfig(text)];
    t.equal(policy.kind, "invalid", text);
    t.same(policy, whole, text);
  }
});
