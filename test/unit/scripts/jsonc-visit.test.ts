import { createRequire } from "node:module";
import path from "node:path";
import { buildSync } from "esbuild";
import * as jsonc from "jsonc-parser";
import t from "tap";

await t.test("stands for the package's own functions", async (t) => {
  // Bundled, as the drivers have it: Node alone cannot load the package's ES modules, which are not marked as such.
  const outfile = path.join(t.testdir(), "jsonc-visit.cjs");
  const entry = path.resolve(import.meta.dirname, "../../../scripts/jsonc-visit.mjs");
  buildSync({ entryPoints: [entry], bundle: true, format: "cjs", outfile });
  const ours: typeof jsonc = createRequire(outfile)(outfile);
  t.not(ours.visit, jsonc.visit, "it was really loaded");
  for (let code = 0; code <= 20; code++) {
    t.equal(ours.printParseErrorCode(code), jsonc.printParseErrorCode(code), `code ${code}`);
  }
  for (const text of ['{"a":[1,"x\\u0041",null]}', '{"a":}', "[1 2", '"\\x"', "// comment", ""]) {
    t.same(eventsOf(ours.visit, text), eventsOf(jsonc.visit, text), text);
  }
});

function eventsOf(visit: typeof jsonc.visit, text: string): unknown[] {
  const events: unknown[] = [];
  visit(
    text,
    {
      onObjectBegin: (offset) => void events.push(["{", offset]),
      onObjectProperty: (property, offset) => void events.push([property, offset]),
      onLiteralValue: (value, offset) => void events.push([value, offset]),
      onError: (error, offset) => void events.push(["error", error, offset]),
    },
    { disallowComments: true },
  );
  return events;
}
