import t from "tap";
import { entityChecksum } from "../../../src/model/entity-checksum.ts";
import { mergeEntity } from "../../../src/merge/merge-entity.ts";
import { parseJson } from "../../../src/model/json/parse-json.ts";
import { mergeTexts, pretty, type Texts } from "../../support/merge.ts";

const merge = (texts: Texts) => mergeTexts(mergeEntity, texts);

await t.test(
  "keeps number lexemes, escapes, key order, odd keys, indent and a missing final newline",
  async (t) => {
    const base =
      '{\n\t"10": 1.0,\n\t"2": 1e400,\n\t"__proto__": {"x": 12345678901234567890},\n\t"\\u0061": "\\/"\n}';
    const ours = base.replace("1.0", "1.00");
    const theirs = base.replace('"\\/"', '"\\/\\u00fc"');
    const merged = merge({ base, ours, theirs });
    t.equal(merged.kind, "merged");
    t.equal(
      merged.text,
      '{\n\t"10": 1.00,\n\t"2": 1e400,\n\t"__proto__": {"x": 12345678901234567890},\n\t"\\u0061": "\\/\\u00fc"\n}',
    );
  },
);

await t.test("keeps a byte order mark and CRLF, also where only one side converted the file", async (t) => {
  const base = '\uFEFF{\n  "a": 1,\n  "b": 1\n}\n';
  const merged = merge({
    base,
    ours: base.replace('"a": 1', '"a": 2').replaceAll("\n", "\r\n"),
    theirs: base.replace('"b": 1', '"b": 2,\n  "c": 3'),
  });
  t.equal(merged.text, '\uFEFF{\r\n  "a": 2,\r\n  "b": 2,\r\n  "c": 3\r\n}\r\n');
});

await t.test("adds members of both sides, sorted where the file is sorted", async (t) => {
  const object = (keys: string[]) =>
    pretty({ dependencies: Object.fromEntries(keys.map((key) => [key, "1"])) });
  const merged = merge({
    base: object(["b", "f"]),
    ours: object(["b", "d", "f"]),
    theirs: object(["a", "b", "c", "f", "z"]),
  });
  t.strictSame(Object.keys(JSON.parse(merged.text).dependencies), ["a", "b", "c", "d", "f", "z"]);
  t.equal(merged.text, object(["a", "b", "c", "d", "f", "z"]));
});

await t.test("puts markers around the smallest lines; each side taken whole is valid JSON", async (t) => {
  const merged = merge({
    base: pretty({ a: 1, b: 1, c: 1 }),
    ours: pretty({ a: 2, b: 2, c: 1 }),
    theirs: pretty({ a: 1, b: 3, c: 1, d: 4 }),
  });
  t.equal(merged.kind, "conflict");
  t.equal(
    merged.text,
    '{\n  "a": 2,\n<<<<<<< ours\n  "b": 2,\n=======\n  "b": 3,\n>>>>>>> theirs\n  "c": 1,\n  "d": 4\n}\n',
  );
});

await t.test("takes the comma into the conflict where the last member is at stake", async (t) => {
  const merged = merge({
    base: pretty({ a: 1, z: 1 }),
    ours: pretty({ a: 1 }),
    theirs: pretty({ a: 1, z: 2 }),
  });
  t.equal(merged.text, '{\n<<<<<<< ours\n  "a": 1\n=======\n  "a": 1,\n  "z": 2\n>>>>>>> theirs\n}\n');
});

await t.test("honours marker size and labels", async (t) => {
  const merged = mergeTexts(
    mergeEntity,
    { base: '{"a":1}', ours: '{"a":2}', theirs: '{"a":3}' },
    { markerSize: 9, labels: { base: "", ours: "HEAD", theirs: "topic branch" } },
  );
  t.equal(merged.text, '<<<<<<<<< HEAD\n{"a":2}\n=========\n{"a":3}\n>>>>>>>>> topic branch\n');
});

await t.test("merges what both sides added without a base", async (t) => {
  for (const base of [null, "", " \n"]) {
    const merged = merge({ base, ours: pretty({ id: "x", a: 1 }), theirs: pretty({ id: "x", b: 2 }) });
    t.equal(merged.kind, "merged");
    t.strictSame(JSON.parse(merged.text), { id: "x", a: 1, b: 2 });
  }
});

await t.test(
  "computes the checksum of a merged entity anew, and drops it while there are conflicts",
  async (t) => {
    const signed = (fields: object): string => {
      const parsed = parseJson(JSON.stringify(fields));
      if (parsed.kind === "invalid") throw new Error("bad fixture");
      return pretty({ ...fields, checksum: entityChecksum(parsed.document.root) });
    };
    const texts = {
      base: signed({ a: 1, b: 1 }),
      ours: signed({ a: 2, b: 1 }),
      theirs: signed({ a: 1, b: 2 }),
    };
    t.equal(merge(texts).text, signed({ a: 2, b: 2 }));
    t.notMatch(merge({ ...texts, theirs: signed({ a: 3, b: 1 }) }).text, /checksum/);
  },
);

await t.test("merges arrays that no rule names by place", async (t) => {
  const merged = merge({
    base: pretty([1, 2, 3, 4]),
    ours: pretty([0, 1, 2, 3, 4]),
    theirs: pretty([1, 2, 4, 5]),
  });
  t.equal(merged.text, pretty([0, 1, 2, 4, 5]));
});

await t.test("hands what it cannot read to the text merge, saying why", async (t) => {
  const good = pretty({ a: 2 });
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const bad: [string, Uint8Array | string, RegExp][] = [
    ["not JSON", "hello", /ours is not JSON: line 1, column 1/],
    ["truncated", '{"a": 1', /ours is not JSON: line 1/],
    ["empty", "", /ours is not JSON: .*empty/],
    ["white space", " \n\n", /ours is not JSON: .*empty/],
    ["NUL bytes", '{"a": "\0"}', /ours is not JSON/],
    ["duplicate keys", '{"a": 1, "a": 2}', /duplicate key "a"/],
    ["deep nesting", deep, /nesting deeper/],
    ["conflict markers", '<<<<<<< a\n{"a":1}\n=======\n{"a":2}\n>>>>>>> b\n', /ours is not JSON/],
    ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /ours is not valid UTF-8/],
    ["a lone surrogate in bytes", Buffer.from("7b22eda080223a317d", "hex"), /ours is not valid UTF-8/],
  ];
  for (const [title, ours, reason] of bad) {
    const inputs = {
      base: Buffer.from(pretty({ a: 1 })),
      ours: Buffer.from(ours),
      theirs: Buffer.from(good),
    };
    const result = mergeEntity(inputs, {
      path: "x",
      policy: { types: new Map(), paths: [] },
      markerSize: 7,
      labels: { base: "", ours: "", theirs: "" },
    });
    t.match(result, { kind: "unmergeable", reason }, title);
    const untouched = mergeEntity(
      { ...inputs, base: inputs.theirs },
      {
        path: "x",
        policy: { types: new Map(), paths: [] },
        markerSize: 7,
        labels: { base: "", ours: "", theirs: "" },
      },
    );
    t.match(
      untouched,
      { kind: "merged", chunks: [Buffer.from(ours)] },
      `${title}: stands where only one side changed`,
    );
  }
});

await t.test("keeps an escaped lone surrogate, which no bytes could hold", async (t) => {
  const merged = merge({
    base: '{"a":"\\ud800","b":1}',
    ours: '{"a":"\\ud800!","b":1}',
    theirs: '{"a":"\\ud800","b":2}',
  });
  t.equal(merged.text, '{"a":"\\ud800!","b":2}');
});
