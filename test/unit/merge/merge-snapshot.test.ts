import { gunzipSync, gzipSync } from "node:zlib";
import t from "tap";
import { limits } from "../../../src/base/limits.ts";
import { encodeSnapshot, mergeSnapshot } from "../../../src/merge/merge-snapshot.ts";
import { mergeOptions, pretty } from "../../support/merge.ts";

const packed = (value: unknown): Uint8Array => encodeSnapshot(Buffer.from(pretty(value)));
const merge = (base: Uint8Array | null, ours: Uint8Array, theirs: Uint8Array) =>
  mergeSnapshot({ base, ours, theirs }, mergeOptions({ path: ".got/snapshots/1.json.gz" }));

await t.test("merges what is inside and packs it to the same bytes, sides swapped or not", async (t) => {
  const base = packed({ marks: { a: 1 }, state: { x: 1 } });
  const ours = packed({ marks: { a: 5, b: 1 }, state: { x: 1, y: 1 } });
  const theirs = packed({ marks: { a: 3, c: 1 }, state: { x: 2 } });
  const [merged, swapped] = [merge(base, ours, theirs), merge(base, theirs, ours)];
  if (merged.kind !== "merged" || swapped.kind !== "merged")
    throw new Error(`${merged.kind}, ${swapped.kind}`);
  const bytes = Buffer.concat(merged.chunks);
  t.strictSame(Buffer.concat(swapped.chunks), bytes);
  t.strictSame(JSON.parse(gunzipSync(bytes).toString()), {
    marks: { a: 5, b: 1, c: 1 },
    state: { x: 2, y: 1 },
  });
  t.strictSame(
    bytes.subarray(0, 10).toString("hex"),
    "1f8b0800000000000203",
    "a header without time, name or system",
  );
});

await t.test("reads what other programs packed, members in a row included", async (t) => {
  const text = pretty({ a: 1, b: 1 });
  const base = Buffer.concat([gzipSync(text.slice(0, 5)), gzipSync(text.slice(5), { level: 1 })]);
  const merged = merge(base, packed({ a: 2, b: 1 }), packed({ a: 1, b: 2 }));
  t.match(merged, { kind: "merged" });
});

await t.test("a conflict is packed with both sides and markers in it", async (t) => {
  const merged = merge(packed({ a: 1 }), packed({ a: 2 }), packed({ a: 3 }));
  if (merged.kind !== "conflict") throw new Error(merged.kind);
  t.match(
    gunzipSync(Buffer.concat(merged.chunks)).toString(),
    /<{7} ours\n {2}"a": 2\n={7}\n {2}"a": 3\n>{7} theirs/,
  );
});

await t.test(
  "refuses what is corrupt, truncated, no JSON or a bomb, naming the version and the reason",
  async (t) => {
    const good = packed({ a: 1 });
    const bomb = gzipSync(Buffer.alloc(limits.snapshotBytes + 1));
    const flipped = Buffer.from(good);
    flipped[flipped.length - 6] = ~(flipped.at(-6) ?? 0) & 0xff;
    const bad: [string, Uint8Array, RegExp][] = [
      ["not gzip", Buffer.from("hello"), /ours is not a readable gzip file: incorrect header check/],
      ["truncated", good.subarray(0, 14), /ours is not a readable gzip file: unexpected end/],
      ["corrupt", flipped, /ours is not a readable gzip file: incorrect data check/],
      [
        "a bomb",
        bomb,
        new RegExp(`ours is not a readable gzip file: it holds more than ${limits.snapshotBytes} bytes`),
      ],
      ["no JSON", encodeSnapshot(Buffer.from("hello")), /ours is not JSON/],
    ];
    for (const [title, ours, reason] of bad) {
      t.match(merge(good, ours, packed({ a: 2 })), { kind: "unmergeable", reason }, title);
      t.match(
        merge(ours, good, ours),
        { kind: "merged", chunks: [good] },
        `${title}, but only as what nobody kept`,
      );
    }
    t.match(merge(bomb, good, packed({ a: 2 })), { kind: "unmergeable", reason: /base is not a readable/ });
  },
);
