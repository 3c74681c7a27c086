import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import { limits } from "../../base/limits.ts";
import type { JsonArray, JsonElement, JsonMember, JsonNode, JsonObject, ParsedJson } from "./json-node.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface ObjectFrame {
  readonly kind: "object";
  readonly start: number;
  readonly before: string;
  readonly members: Mutable<JsonMember>[];
  readonly keys: Set<string>;
  pending: { key: string; rawKey: string; before: string; end: number } | undefined;
}

interface ArrayFrame {
  readonly kind: "array";
  readonly start: number;
  readonly before: string;
  readonly elements: Mutable<JsonElement>[];
}

/** Thrown through jsonc-parser's visitor to stop at the first problem. */
class Stop extends Error {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  constructor(reason: string, line: number, column: number) {
    super(reason);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }
}

/**
 * Parses strict JSON (RFC 8259) without losing a byte: the source text of every value and the white space between them
 * are kept. A leading byte order mark is kept in `before`. Duplicate keys, nesting deeper than `limits.jsonDepth` and more
 * than `limits.jsonValues` values are problems, never silently accepted.
 */
export function parseJson(text: string): ParsedJson {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const source = text.slice(mark.length);
  const frames: (ObjectFrame | ArrayFrame)[] = [];
  let last = 0; // end of the newest bracket, comma or value
  let count = 0;
  let root: { before: string; value: JsonNode } | undefined;

  const place = (before: string, start: number, value: JsonNode): void => {
    const frame = frames.at(-1);
    if (frame === undefined) root = { before, value };
    else if (frame.kind === "array") frame.elements.push({ before, value, after: "" });
    else if (frame.pending !== undefined) {
      const { key, rawKey, before: beforeKey, end } = frame.pending;
      frame.members.push({
        key,
        rawKey,
        before: beforeKey,
        colon: source.slice(end, start),
        value,
        after: "",
      });
      frame.pending = undefined;
    }
  };
  const countValue = (line: number, column: number): void => {
    count++;
    if (count > limits.jsonValues) throw new Stop(`more than ${limits.jsonValues} values`, line, column);
  };
  const open = (frame: ObjectFrame | ArrayFrame, line: number, column: number): void => {
    countValue(line, column);
    if (frames.length >= limits.jsonDepth)
      throw new Stop(`nesting deeper than ${limits.jsonDepth}`, line, column);
    frames.push(frame);
    last = frame.start + 1;
  };
  const close = (offset: number): void => {
    const frame = frames.pop();
    if (frame === undefined) return;
    const end = offset + 1;
    const shared = { raw: source.slice(frame.start, end), close: source.slice(last, offset) };
    const node: JsonObject | JsonArray =
      frame.kind === "object"
        ? { kind: "object", members: frame.members, ...shared }
        : { kind: "array", elements: frame.elements, ...shared };
    place(frame.before, frame.start, node);
    last = end;
  };

  try {
    visit(
      source,
      {
        onObjectBegin: (start, _length, line, column) => {
          const before = source.slice(last, start);
          open(
            { kind: "object", start, before, members: [], keys: new Set(), pending: undefined },
            line,
            column,
          );
        },
        onObjectProperty: (key, offset, length, line, column) => {
          const frame = frames.at(-1);
          if (frame?.kind !== "object") return;
          const end = offset + length;
          if (frame.keys.has(key)) throw new Stop(`duplicate key ${source.slice(offset, end)}`, line, column);
          frame.keys.add(key);
          frame.pending = { key, rawKey: source.slice(offset, end), before: source.slice(last, offset), end };
        },
        onObjectEnd: close,
        onArrayBegin: (start, _length, line, column) => {
          open({ kind: "array", start, before: source.slice(last, start), elements: [] }, line, column);
        },
        onArrayEnd: close,
        onLiteralValue: (_value, offset, length, line, column) => {
          countValue(line, column);
          place(source.slice(last, offset), offset, {
            kind: "scalar",
            raw: source.slice(offset, offset + length),
          });
          last = offset + length;
        },
        onSeparator: (character, offset, length) => {
          if (character !== ",") return;
          const frame = frames.at(-1);
          const item = frame?.kind === "object" ? frame.members.at(-1) : frame?.elements.at(-1);
          if (item !== undefined) item.after = source.slice(last, offset);
          last = offset + length;
        },
        onError: (code, _offset, _length, line, column) => {
          throw new Stop(problemText(code, source), line, column);
        },
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
    );
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return {
      kind: "invalid",
      problem: { reason: error.reason, line: error.line + 1, column: error.column + 1 },
    };
  }
  if (root === undefined) return { kind: "invalid", problem: { reason: "empty", line: 1, column: 1 } };
  return {
    kind: "parsed",
    document: { before: mark + root.before, root: root.value, after: source.slice(last) },
  };
}

function problemText(code: ParseErrorCode, source: string): string {
  if (source.trim() === "") return "empty";
  // "ValueExpected" -> "value expected"
  return printParseErrorCode(code)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
