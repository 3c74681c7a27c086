import { assert, jsonValue, property } from "fast-check";
import t from "tap";
import { type LineShape, scanLine } from "../../../../src/merge/log/scan-line.ts";

interface Found {
  readonly kind: LineShape["kind"];
  readonly id: string;
  readonly ts: string;
}

function scan(line: string, key = "id"): Found {
  const bytes = Buffer.from(`before\n${line}after`);
  const shape: LineShape = { kind: "other", keyStart: 1, keyEnd: 2, stampStart: 3, stampEnd: 4 };
  scanLine(bytes, 7, bytes.length - 5, Buffer.from(key), shape);
  const text = (start: number, end: number): string => bytes.toString("utf8", start, end);
  return {
    kind: shape.kind,
    id: text(shape.keyStart, shape.keyEnd),
    ts: text(shape.stampStart, shape.stampEnd),
  };
}

void t.test("finds the two members wherever they stand at the top", async (test) => {
  test.same(scan('{"id":"a","ts":5}'), { kind: "object", id: '"a"', ts: "5" });
  test.same(scan(' { "n" : [{"id":1},"]"] , "ts" : "x\\"y" , "id":-1.5e3 } \r\n'), {
    kind: "object",
    id: "-1.5e3",
    ts: '"x\\"y"',
  });
  test.same(scan('{"name":"n","id":1}', "name"), { kind: "object", id: '"n"', ts: "" });
  test.same(scan("{}"), { kind: "object", id: "", ts: "" });
});

void t.test("knows nothing about lines that are no object or are torn", async (test) => {
  for (const line of [
    "",
    "\n",
    "# id",
    "[1]",
    '"id"',
    '{"id":"a"',
    '{"id"}',
    '{"id":}',
    "{id:1}",
    '{"id":"a}',
    "}",
    "{",
  ]) {
    test.equal(scan(line).kind, "other", line);
  }
});

void t.test("asks for a parser where a key holds an escape", async (test) => {
  test.equal(scan(String.raw`{"\u0069d":1}`).kind, "unsure");
});

void t.test("agrees with a parser on every object", async (test) => {
  const seed = 20265;
  test.comment(`seed ${seed}`);
  assert(
    property(jsonValue(), jsonValue(), jsonValue(), (other, id, ts) => {
      const found = scan(JSON.stringify({ other, nested: { id: 1, ts: 2 }, id, ts }));
      test.same(found, { kind: "object", id: JSON.stringify(id), ts: JSON.stringify(ts) });
    }),
    { seed, numRuns: 300 },
  );
});
