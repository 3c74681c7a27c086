import t from "tap";
import { bytesSource } from "../../../src/merge/byte-source.ts";
import { mergeLog, mergeLogBytes } from "../../../src/merge/merge-log.ts";
import { mergeOptions } from "./merge-log-support.ts";

type Bytes = string | Buffer;

interface Merged {
  readonly kind: string;
  readonly text: string;
  readonly decisions: readonly string[];
}

/** Merges, and merges again with the sides swapped: a clean result must not depend on who is who. */
function merge(base: Bytes | null, ours: Bytes, theirs: Bytes, key?: string): Merged {
  const once = mergeOnce(base, ours, theirs, key);
  const swapped = mergeOnce(base, theirs, ours, key);
  if (once.kind !== swapped.kind || (once.kind === "merged" && once.text !== swapped.text)) {
    throw new Error(`not symmetric:\n${once.text}\n--- and ---\n${swapped.text}`);
  }
  return once;
}

function mergeOnce(base: Bytes | null, ours: Bytes, theirs: Bytes, key?: string): Merged {
  const inputs = {
    base: base === null ? null : Buffer.from(base),
    ours: Buffer.from(ours),
    theirs: Buffer.from(theirs),
  };
  const result = mergeLogBytes(inputs, key === undefined ? mergeOptions : { ...mergeOptions, key });
  if (result.kind === "unmergeable") return { kind: result.kind, text: result.reason, decisions: [] };
  const text = Buffer.concat([...result.chunks]).toString("latin1");
  return {
    kind: result.kind,
    text,
    decisions: result.decisions.map((decision) => `${decision.at} ${decision.rule}`),
  };
}

/** An event at second `ts`. */
const event = (ts: number, id: string, more = ""): string =>
  `{"id":"${id}","ts":"2026-11-21T00:00:${String(ts).padStart(2, "0")}.000Z","event":"test"${more}}\n`;

void t.test("appends of both sides are ordered by time stamp", async (test) => {
  const base = event(0, "a");
  const { kind, text } = merge(base, base + event(1, "b") + event(3, "d"), base + event(2, "c"));
  test.equal(kind, "merged");
  test.equal(text, event(0, "a") + event(1, "b") + event(2, "c") + event(3, "d"));
});

void t.test("the id orders events of one instant", async (test) => {
  test.equal(merge("", event(1, "b"), event(1, "a")).text, event(1, "a") + event(1, "b"));
});

void t.test("stamps of other forms are compared as instants", async (test) => {
  const ours = '{"id":"z","ts":"2026-11-21T01:00:00.5+01:00"}\n';
  const theirs = '{"id":"a","ts":"2026-11-21T00:00:01Z"}\n';
  test.equal(merge("", ours, theirs).text, ours + theirs);
});

void t.test("unsorted appends of both sides come out sorted", async (test) => {
  test.equal(
    merge("", event(5, "e") + event(1, "a"), event(3, "c")).text,
    event(1, "a") + event(3, "c") + event(5, "e"),
  );
});

void t.test("lines that one side alone added keep its order, sorted or not", async (test) => {
  const ours = event(5, "e") + event(1, "a");
  test.equal(
    merge(event(9, "z"), event(9, "z") + ours, event(9, "z", ',"n":1')).text,
    event(9, "z", ',"n":1') + ours,
  );
});

void t.test("a line without a stamp stays behind the line it was written after", async (test) => {
  const ours = `${event(1, "a")}# about a\n${event(4, "d")}`;
  const theirs = event(2, "b");
  test.equal(merge("", ours, theirs).text, `${event(1, "a")}# about a\n${event(2, "b")}${event(4, "d")}`);
});

void t.test("an event that both sides recorded alike stays once", async (test) => {
  test.equal(merge("", event(1, "a") + event(2, "b"), event(1, "a")).text, event(1, "a") + event(2, "b"));
});

void t.test("an event that both sides recorded at different times keeps the earlier record", async (test) => {
  const { kind, text, decisions } = merge(
    "",
    event(1, "a", ',"session":"x"'),
    event(2, "a", ',"session":"y"'),
  );
  test.equal(kind, "merged");
  test.equal(text, event(1, "a", ',"session":"x"'));
  test.same(decisions, ["a min"]);
});

void t.test(
  "two events that share an id but tell different things are a conflict around just these lines",
  async (test) => {
    const [ours, theirs] = [event(1, "a", ',"n":1'), event(1, "a", ',"n":2')];
    const { kind, text } = merge(event(0, "_"), event(0, "_") + ours, event(0, "_") + theirs + event(2, "b"));
    test.equal(kind, "conflict");
    test.equal(
      text,
      `${event(0, "_")}<<<<<<< ours\n${ours}=======\n${theirs}>>>>>>> theirs\n${event(2, "b")}`,
    );
  },
);

void t.test("a line that both sides replaced is a conflict, and names the record", async (test) => {
  const inputs = [event(0, "a"), event(0, "a", ',"n":1'), event(0, "a", ',"n":2')].map((text) =>
    Buffer.from(text),
  );
  const [base, ours, theirs] = inputs;
  if (base === undefined || ours === undefined || theirs === undefined) return;
  const result = mergeLogBytes({ base, ours, theirs }, mergeOptions);
  test.equal(result.kind, "conflict");
  if (result.kind === "conflict") {
    test.same(result.conflicts, [{ at: "a", reason: "both sides changed this line, each in its own way" }]);
  }
});

void t.test("conflict markers have the asked size, and no blank where there is no label", async (test) => {
  const options = { ...mergeOptions, markerSize: 9, labels: { base: "", ours: "", theirs: "their branch" } };
  const inputs = {
    base: null,
    ours: Buffer.from('{"id":1,"n":1}\r\n'),
    theirs: Buffer.from('{"id":1,"n":2}'),
  };
  const result = mergeLogBytes(inputs, options);
  test.equal(result.kind, "conflict");
  if (result.kind === "conflict") {
    const text = Buffer.concat([...result.chunks]).toString();
    test.equal(
      text,
      `${"<".repeat(9)}\r\n{"id":1,"n":1}\r\n=========\r\n{"id":1,"n":2}\n${">".repeat(9)} their branch\r\n`,
    );
  }
});

void t.test("a log of states keeps every line of an id that repeats", async (test) => {
  const base = '{"id":1,"state":"open"}\n';
  const { kind, text } = merge(base, `${base}{"id":1,"state":"done"}\n`, `${base}{"id":1,"state":"busy"}\n`);
  test.equal(kind, "merged");
  test.equal(text, `${base}{"id":1,"state":"busy"}\n{"id":1,"state":"done"}\n`);
});

void t.test("an edited line lands at its old place", async (test) => {
  const base = event(1, "a") + event(2, "b") + event(3, "c");
  const edited = event(2, "b", ',"note":"x"');
  const { text } = merge(base, event(1, "a") + edited + event(3, "c"), base + event(4, "d"));
  test.equal(text, event(1, "a") + edited + event(3, "c") + event(4, "d"));
});

void t.test("a removed line stays removed", async (test) => {
  const base = event(1, "a") + event(2, "b");
  test.equal(merge(base, event(1, "a"), base + event(3, "c")).text, event(1, "a") + event(3, "c"));
});

void t.test("a line that one side removed and the other rewrote keeps the new text", async (test) => {
  const { kind, text, decisions } = merge(event(1, "a"), "", event(1, "a", ',"n":1'));
  test.equal(kind, "merged");
  test.equal(text, event(1, "a", ',"n":1'));
  test.same(decisions, ["a set"]);
});

void t.test("key order, spacing and escapes make no second line", async (test) => {
  const ours = '{"x":1,"y":"a/b"}\n';
  const theirs = String.raw`{ "y": "\u0061\/b", "x": 1 }` + "\n";
  test.equal(merge("", ours, theirs).text, ours < theirs ? ours : theirs);
  test.equal(
    merge("", '{"x":1.0}\n', '{"x":1}\n').text,
    '{"x":1.0}\n{"x":1}\n',
    "but numbers are as written",
  );
});

void t.test("a reformatted line wins over the untouched one", async (test) => {
  const base = '{"x":1}\n{"y":2}\n';
  test.equal(merge(base, '{ "x": 1 }\n{"y":2}\n', `${base}{"z":3}\n`).text, '{ "x": 1 }\n{"y":2}\n{"z":3}\n');
});

void t.test("a configured key identifies records instead of the id", async (test) => {
  const base = '{"name":"n","v":1}\n';
  test.equal(merge(base, '{"name":"n","v":2}\n', '{"name":"n","v":3}\n', "name").kind, "conflict");
  test.equal(merge(base, '{"name":"n","v":2}\n', '{"name":"n","v":3}\n').kind, "merged");
});

void t.test("a key spelled with escapes is the same key", async (test) => {
  const ours = '{"id":"A","n":1}\n';
  test.equal(merge("", ours, String.raw`{"id":"\u0041","n":2}` + "\n").kind, "conflict");
  test.equal(merge("", ours, String.raw`{"\u0069d":"A","n":2}` + "\n").kind, "conflict");
  test.equal(merge("", ours, String.raw`{"\u0069d":"\u0041","n":1}` + "\n").text.split("\n").length, 2);
});

void t.test("only a member at the top identifies a line", async (test) => {
  const { kind, text } = merge("", '{"a":{"id":1,"ts":5},"n":1}\n', '{"a":{"id":1,"ts":4},"n":2}\n');
  test.equal(kind, "merged");
  test.equal(text.split("\n").length, 3);
});

void t.test("a torn line never runs into the next one", async (test) => {
  const torn = '{"id":"a","ts":"2026-1';
  test.equal(
    merge(event(0, "_"), event(0, "_") + torn, event(0, "_") + event(1, "b")).text.split("\n").length,
    4,
  );
  test.match(merge(event(0, "_"), event(0, "_") + torn, event(0, "_") + event(1, "b")).text, `${torn}\n`);
  test.equal(merge("a", "a\nb\n", "a\nc").text, "a\nb\nc");
  test.equal(merge("a\r\n", "a\r\nb\r", "a\r\nc\r\n").text, "a\r\nb\r\nc\r\n");
  test.equal(
    merge("x\r\n", "x\r\nb", "x\r\nc\r\n").text,
    "x\r\nb\r\nc\r\n",
    "in the line ending of its file",
  );
});

void t.test(
  "a file that ends without a line feed keeps doing so while that line is the last",
  async (test) => {
    test.equal(merge("a\nz", "a\nm\nz", "a\nz").text, "a\nm\nz");
    test.equal(merge("a\nz", "b\na\nz", "a\nn\nz").text, "b\na\nn\nz");
  },
);

void t.test("a byte order mark stays at the front and is merged on its own", async (test) => {
  const mark = "\u00EF\u00BB\u00BF";
  const latin = (text: string): Buffer => Buffer.from(text, "latin1");
  test.equal(
    merge(latin(`${mark}b\n`), latin(`${mark}b\nc\n`), latin(`${mark}a\nb\n`)).text,
    `${mark}a\nb\nc\n`,
  );
  test.equal(merge(latin("b\n"), latin(`${mark}b\n`), latin("a\nb\n")).text, `${mark}a\nb\n`);
  test.equal(merge(latin(`${mark}b\n`), latin("b\n"), latin(`${mark}a\nb\n`)).text, "a\nb\n");
});

void t.test("bytes that are not text survive", async (test) => {
  const odd = Buffer.from([0x22, 0x00, 0xff, 0xed, 0xa0, 0x80, 0x22, 0x0a]);
  const { text } = merge("a\n", Buffer.concat([Buffer.from("a\n"), odd]), "a\nb\n");
  test.equal(text, `a\n${odd.toString("latin1")}b\n`);
});

void t.test("line endings of each line survive", async (test) => {
  test.equal(merge("a\r\nb\n", "a\r\nb\nc\r\n", "a\r\nb\nd\n").text, "a\r\nb\nc\r\nd\n");
  test.equal(merge("a\nb\n", "a\r\nb\r\n", "a\nb\nc\n").text, "a\r\nb\r\nc\n");
});

void t.test("empty and blank sides are logs without lines or with blank ones", async (test) => {
  test.equal(merge(null, "", "").text, "");
  test.equal(merge("", "a\n", "").text, "a\n");
  test.equal(merge("a\n", "", "a\nb\n").text, "b\n");
  test.equal(merge("", " \n", "\n").text, "\n \n");
  test.equal(merge("a\nb\n", "", "").text, "");
});

void t.test("nesting beyond what is parsed does no harm", async (test) => {
  const deep = `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}\n`;
  const deepSpaced = `{ "a":${"[".repeat(10_000)}${"]".repeat(10_000)}}\n`;
  test.equal(merge("", deep, deepSpaced).text.length, deep.length + deepSpaced.length);
});

void t.test("members named like object internals are ordinary", async (test) => {
  const ours = '{"__proto__":{"id":1},"constructor":1,"id":7}\n';
  test.equal(merge("", ours, '{"id":7,"constructor":1,"__proto__":{"id":1}}\n').text.split("\n").length, 2);
});

void t.test("inputs that hold conflict markers are left to a text merge", async (test) => {
  const marked = "a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\n";
  test.match(merge("a\n", marked, "a\nb\n"), { kind: "unmergeable", text: /conflict markers/ });
  test.match(merge(marked, `${marked}d\n`, `${marked}e\n`).kind, "unmergeable", "also where all have them");
  test.match(merge("a\n", "a\n<<<<<<<<<< x\n", "a\nb\n").kind, "unmergeable", "also longer ones");
  test.equal(
    merge("a\n", "a\n <<<<<<< x\n", "a\n<<<<<<<x\n").kind,
    "merged",
    "but not what only looks similar",
  );
});

void t.test("what all versions begin with is handed out as a range of the base", async (test) => {
  const base = event(1, "a").repeat(3);
  const read: number[] = [];
  const source = (text: string) => {
    const inner = bytesSource(Buffer.from(text));
    return {
      size: inner.size,
      read: (offset: number, length: number) => (read.push(length), inner.read(offset, length)),
    };
  };
  const sources = {
    base: source(base),
    ours: source(base + event(2, "b")),
    theirs: source(base + event(3, "c")),
  };
  const result = mergeLog(sources, mergeOptions);
  test.equal(result.kind, "merged");
  if (result.kind === "unmergeable") return;
  test.same([...result.parts][0], { kind: "range", source: "base", start: 0, end: base.length });
  test.same([...result.parts], [...result.parts], "parts can be iterated again");
});
