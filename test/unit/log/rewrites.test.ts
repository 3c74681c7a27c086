import t from "tap";
import { Rewrites } from "../../../src/log/rewrites.ts";
import type { LogEvent } from "../../../src/model/event.ts";

await t.test("follows a commit through all its rewrites", (t) => {
  const rewrites = seen([["a", "b"]], [["b", "c"]]);
  t.equal(rewrites.newOf("a"), "c");
  t.equal(rewrites.newOf("b"), "c");
  t.equal(rewrites.newOf("c"), null);
  t.same(rewrites.pairs(), [
    ["a", "c"],
    ["b", "c"],
  ]);
  t.end();
});

await t.test("a commit that comes back counts again, and a ring ends", (t) => {
  const rewrites = seen([["a", "b"]], [["b", "a"]]);
  t.equal(rewrites.newOf("a"), null);
  t.equal(rewrites.newOf("b"), "a");
  t.type(
    seen([
      ["a", "b"],
      ["b", "c"],
      ["c", "b"],
    ]).newOf("a"),
    "string",
  );
  t.end();
});

await t.test("what an event says that is no pair of commits is passed over", (t) => {
  const rewrites = new Rewrites();
  for (const commits of [undefined, "ab", [["a"]], [[1, 2]], [null], ["ab"], [["a", "a"]]])
    rewrites.see(event({ event: "git.rewrite", commits }));
  rewrites.see(event({ event: "note", commits: [["a", "b"]] }));
  t.same(rewrites.pairs(), []);
  t.end();
});

await t.test("only commits and merges are replaced", (t) => {
  const rewrites = seen([["a", "b"]]);
  t.equal(rewrites.replacementOf(event({ event: "git.commit", commit: "a" })), "b");
  t.equal(rewrites.replacementOf(event({ event: "git.merge", commit: "a" })), "b");
  t.equal(rewrites.replacementOf(event({ event: "git.push", commit: "a" })), null);
  t.equal(rewrites.replacementOf(event({ event: "git.commit", commit: 7 })), null);
  t.end();
});

function seen(...rewritten: (readonly (readonly [string, string])[])[]): Rewrites {
  const rewrites = new Rewrites();
  for (const commits of rewritten) rewrites.see(event({ event: "git.rewrite", commits }));
  return rewrites;
}

function event(more: Record<string, unknown> & { event: string }): LogEvent {
  return { id: "i", ts: "2026-11-21T00:00:00.000Z", session: "s", agent: "ada", ...more };
}
