/**
 * A lossless JSON document: every byte of the source is kept, in values and in the white space between them,
 * so that what a merge does not touch is written back as it was read.
 */
export interface JsonDocument {
  /** White space (and a byte order mark) before the root value. */
  readonly before: string;
  readonly root: JsonNode;
  /** White space after the root value, the final newline included. */
  readonly after: string;
}

export type JsonNode = JsonObject | JsonArray | JsonScalar;

/** A string, number, `true`, `false` or `null`; `raw` is its source text, so `1.0` and `1e400` stay themselves. */
export interface JsonScalar {
  readonly kind: "scalar";
  readonly raw: string;
}

export interface JsonObject {
  readonly kind: "object";
  readonly raw: string;
  /** In source order. Keys are unique: a document with duplicate keys does not parse. */
  readonly members: readonly JsonMember[];
  /** White space between the last member (or `{`) and `}`. */
  readonly close: string;
}

export interface JsonMember {
  /** The decoded key. */
  readonly key: string;
  /** The key as written, quotes and escapes included. */
  readonly rawKey: string;
  /** White space before the key. */
  readonly before: string;
  /** From the end of the key to the start of the value: the colon and the white space around it. */
  readonly colon: string;
  readonly value: JsonNode;
  /** White space between the value and the following comma or `}`; the last member's stands in `close`. */
  readonly after: string;
}

export interface JsonArray {
  readonly kind: "array";
  readonly raw: string;
  readonly elements: readonly JsonElement[];
  readonly close: string;
}

export interface JsonElement {
  readonly before: string;
  readonly value: JsonNode;
  readonly after: string;
}

/** Why a text is not a JSON document we can merge by meaning. */
export interface JsonProblem {
  readonly reason: string;
  /** Counted from 1; columns in UTF-16 code units. */
  readonly line: number;
  readonly column: number;
}

export type ParsedJson =
  | { readonly kind: "parsed"; readonly document: JsonDocument }
  | { readonly kind: "invalid"; readonly problem: JsonProblem };
