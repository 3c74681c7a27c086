import t from "tap";
import { bytesSource } from "../../../../src/merge/byte-source.ts";
import { findKeys } from "../../../../src/merge/log/find-keys.ts";

void t.test("finds keys between two places, across pieces and in lines longer than a piece", async (test) => {
  const long = `{"x":"${"y".repeat(9 * 1024 * 1024)}","id":"long"}\n`;
  const log = Buffer.from(`{"id":"before"}\n{"id":"first"}\n${long}{"id":"last"}\n{"id":"behind"}\n`);
  const keys = new Set(['"before"', '"first"', '"long"', '"last"', '"behind"', '"none"']);
  const found = findKeys({ source: bytesSource(log), start: 16, end: log.length - 16, key: "id", keys });
  test.same(
    [...found].toSorted((left, right) => (left < right ? -1 : 1)),
    ['"first"', '"last"', '"long"'],
  );
});
