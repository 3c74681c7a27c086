import t from "tap";
import { bytesSource, type ByteSource } from "../../../src/merge/byte-source.ts";
import { mergeLog, type LogPart } from "../../../src/merge/merge-log.ts";
import { mergeOptions } from "./merge-log-support.ts";

const megabyte = 1024 * 1024;

/** A log of 200 MB that exists only where it is read, with a tail behind it. */
function largeLog(tail: string, readSizes: number[]): ByteSource {
  const sizeBytes = 200 * megabyte;
  const pattern = Buffer.alloc(2 * megabyte, `{"event":"tick","note":"${"x".repeat(37)}"}\n`);
  const line = pattern.indexOf("\n") + 1;
  const end = Buffer.from(tail);
  return {
    size: sizeBytes - (sizeBytes % line) + end.length,
    read(offset, length, scratch) {
      readSizes.push(length);
      const bytes =
        scratch === undefined
          ? Buffer.alloc(length)
          : Buffer.from(scratch.buffer, scratch.byteOffset, length);
      const ofPattern = Math.max(0, Math.min(length, this.size - end.length - offset));
      const phase = offset % line;
      pattern.copy(bytes, 0, phase, phase + ofPattern);
      end.copy(bytes, ofPattern, Math.max(0, offset - (this.size - end.length)));
      return bytes;
    },
  };
}

const event = (ts: number): string => `{"id":"${ts}","ts":"2026-11-21T00:00:0${ts}.000Z","event":"e"}\n`;

void t.test("a log of 200 MB is compared piece by piece and never held", async (test) => {
  const readSizes: number[] = [];
  const base = largeLog("", readSizes);
  const sources = {
    base,
    ours: largeLog(event(1) + event(3), readSizes),
    theirs: largeLog(event(2), readSizes),
  };
  const result = mergeLog(sources, mergeOptions);
  test.equal(result.kind, "merged");
  if (result.kind === "unmergeable") return;
  const [prefix, tail, ...more] = Array.from(result.parts, describe);
  test.equal(prefix, `base 0 ${base.size}`);
  test.equal(tail, event(1) + event(2) + event(3));
  test.same(more, []);
  test.ok(Math.max(...readSizes) <= megabyte, "no read of more than a megabyte");
});

void t.test("a key in conflict is looked for in the 200 MB before it", async (test) => {
  const state = (value: string): string => `{"id":"s","state":"${value}"}\n`;
  const readSizes: number[] = [];
  const logs = [state("new"), state("new") + state("a"), state("new") + state("b")].map((tail) =>
    largeLog(tail, readSizes),
  );
  const [base, ours, theirs] = logs;
  if (base === undefined || ours === undefined || theirs === undefined) return;
  const result = mergeLog({ base, ours, theirs }, mergeOptions);
  test.equal(result.kind, "merged", "a log of states: the id stands in the common part as well");
  if (result.kind === "merged")
    test.same(Array.from(result.parts, describe).slice(1), [state("a") + state("b")]);
});

void t.test("a line of 50 MB merges like any other", async (test) => {
  const long = `{"x":"${"y".repeat(50 * megabyte)}"}\n`;
  const spaced = long.replace(":", ": ");
  const base = bytesSource(Buffer.from(event(1)));
  const ours = bytesSource(Buffer.from(event(1) + long));
  const theirs = bytesSource(Buffer.from(event(1) + spaced + event(2)));
  const result = mergeLog({ base, ours, theirs }, mergeOptions);
  test.equal(result.kind, "merged");
  if (result.kind === "unmergeable") return;
  const sizes = Array.from(result.parts, (part) =>
    part.kind === "bytes" ? part.bytes.length : part.end - part.start,
  );
  let total = 0;
  for (const size of sizes) total += size;
  test.equal(
    total,
    event(1).length + Math.min(spaced.length, long.length) + 1 + event(2).length,
    "the line stands once, spelled as one side has it",
  );
});

void t.test("more than the limit in differing bytes is left to a text merge", async (test) => {
  const huge = (first: string): ByteSource => ({
    size: 2 ** 31,
    read: (_offset, length) => Buffer.alloc(Math.min(length, megabyte), first),
  });
  const result = mergeLog({ base: huge("b"), ours: huge("o"), theirs: huge("t") }, mergeOptions);
  test.match(result, { kind: "unmergeable", reason: /bytes differ/ });
});

function describe(part: LogPart): string {
  return part.kind === "bytes"
    ? Buffer.from(part.bytes).toString()
    : `${part.source} ${part.start} ${part.end}`;
}
