import t from "tap";
import { checkGraph, edgeId } from "../../../src/store/check-graph.ts";

const edge = (from: string, kind: string, to: string) => ({
  type: "edge",
  id: edgeId(from, kind, to),
  version: 1,
  from,
  kind,
  to,
});

await t.test("missing ends are told by edge and end", async (t) => {
  const one = edge("task:a", "relates_to", "task:b");
  t.same(
    checkGraph([one], (ref) => ref === "task:a"),
    [{ kind: "missingEnd", edge: `edge:${one.id}`, end: "to", ref: "task:b" }],
  );
});

await t.test("cycles are found by kind, and paths that only meet are none", async (t) => {
  const diamond = [
    edge("a", "depends_on", "b"),
    edge("a", "depends_on", "c"),
    edge("b", "depends_on", "d"),
    edge("c", "depends_on", "d"),
  ];
  t.same(
    checkGraph(diamond, () => true),
    [],
  );
  t.same(
    checkGraph([...diamond, edge("d", "blocks", "a")], () => true),
    [],
  );
  t.same(
    checkGraph([...diamond, edge("d", "depends_on", "b")], () => true),
    [{ kind: "cycle", edgeKind: "depends_on", refs: ["d", "b", "d"] }],
  );
  t.same(
    checkGraph([edge("a", "depends_on", "a")], () => true),
    [{ kind: "cycle", edgeKind: "depends_on", refs: ["a", "a"] }],
  );
});

await t.test("a chain of a hundred thousand is walked without recursion", async (t) => {
  const chain = Array.from({ length: 100_000 }, (_, n) => edge(`t:${n}`, "depends_on", `t:${n + 1}`));
  t.same(
    checkGraph(chain, () => true),
    [],
  );
});
