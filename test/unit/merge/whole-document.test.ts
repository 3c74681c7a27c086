import t from "tap";
import { mergeLogBytes } from "../../../src/merge/merge-log.ts";
import { mergeTable } from "../../../src/merge/merge-table.ts";
import { isWholeDocument } from "../../../src/merge/whole-document.ts";
import { mergeOptions, pretty } from "../../support/merge.ts";

await t.test("tells a document over several lines from one to a line", async (t) => {
  const documents = [
    pretty({ a: 1 }),
    pretty([1, 2]),
    '\uFEFF{\r\n  "a": 1\r\n}',
    '\n{\n  // settings\n  "a": 1,\n}\n',
    '{"type": "FeatureCollection", "features": [\n{"id": 1},\n{"id": 2}\n]}\n',
    '[{"id": 1},\n{"id": 2}]\n',
    '{ "a": 1,\n  "b": 2 }\n',
  ];
  const lines = [
    "",
    "\n",
    "{}\n",
    "[]\n[]\n",
    '{"id": 1}\n{"id": 2}\n',
    "# header\n{\n",
    '{"id": 1, "torn": [\n{"id": 2}\n',
    '{"id": 1,\n{"id": 2}\n',
    '{"id": 1}',
  ];
  for (const text of documents)
    t.ok(
      isWholeDocument(text, text.length, () => text),
      text,
    );
  for (const text of lines)
    t.notOk(
      isWholeDocument(text, text.length, () => text),
      text,
    );
});

await t.test("does not merge one document as a set of lines", async (t) => {
  const inputs = {
    base: Buffer.from(pretty({ name: "x", version: "1.0.0" })),
    ours: Buffer.from(pretty({ name: "x", version: "1.0.1" })),
    theirs: Buffer.from(pretty({ name: "x", version: "1.1.0" })),
  };
  const refused = { kind: "unmergeable", reason: /is one JSON document/ };
  t.match(mergeTable(inputs, mergeOptions()), refused);
  t.match(mergeLogBytes(inputs, mergeOptions()), refused);
  t.match(mergeLogBytes({ ...inputs, base: null }, mergeOptions()), refused);
  t.match(mergeLogBytes({ ...inputs, theirs: inputs.base }, mergeOptions()), { kind: "merged" });
});
