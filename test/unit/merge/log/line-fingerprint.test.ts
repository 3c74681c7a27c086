import { assert, jsonValue, property } from "fast-check";
import t from "tap";
import { canonicalLine } from "../../../../src/merge/log/canonical-line.ts";
import { lineFingerprint } from "../../../../src/merge/log/line-fingerprint.ts";

const fingerprint = (text: string): number => lineFingerprint(Buffer.from(text));

void t.test("is the same for every spelling of one value", async (test) => {
  const seed = 20266;
  test.comment(`seed ${seed}`);
  assert(
    property(jsonValue(), (value) => {
      const line = JSON.stringify(value);
      const spaced = JSON.stringify(value, null, 2).replaceAll("\n", " ");
      const canonical = canonicalLine(Buffer.from(line)) ?? "";
      test.equal(fingerprint(spaced), fingerprint(line), line);
      test.equal(fingerprint(canonical), fingerprint(line), `keys sorted: ${line}`);
    }),
    { seed, numRuns: 500 },
  );
  test.equal(fingerprint(String.raw`{"a":"\u0041\/"}`), fingerprint('{"a":"A/"}'), "escapes");
});

void t.test("tells lines apart that hold the same bytes in another order", async (test) => {
  test.not(fingerprint('{"a":12}'), fingerprint('{"a":21}'));
  test.not(fingerprint('{"a":1,"b":2}'), fingerprint('{"a":2,"b":1}'));
  test.not(fingerprint("ab"), fingerprint("ba"));
});
