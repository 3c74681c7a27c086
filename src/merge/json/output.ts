import type { JsonNode } from "../../model/json/json-node.ts";

/**
 * A merged value that is still to be written. It holds both outcomes where a conflict is left, so that one walk
 * writes either side's complete document or the marked one.
 */
export type Output = OutputText | OutputContainer | OutputChoice;

/** Source text, verbatim. */
export interface OutputText {
  readonly kind: "text";
  readonly text: string;
}

export function textOutput(text: string): OutputText {
  return { kind: "text", text };
}

export interface OutputContainer {
  readonly kind: "object" | "array";
  readonly items: readonly OutputItem[];
  /** White space before the closing bracket. */
  readonly close: string;
}

export interface OutputItem {
  /** White space before the item. */
  readonly before: string;
  /** The key with its colon; empty in arrays. */
  readonly lead: string;
  readonly value: Output;
  /** White space between the value and its comma. */
  readonly after: string;
  /** Which outcome has the item; a choice in `value` may narrow it further. */
  readonly side: "both" | "ours" | "theirs";
}

/** A conflict: each side's value, undefined where that side has none. */
export interface OutputChoice {
  readonly kind: "choice";
  readonly ours: JsonNode | undefined;
  readonly theirs: JsonNode | undefined;
}

/** Text that both outcomes share, or where they differ. */
export type Segment = string | { readonly ours: string; readonly theirs: string };

/** Writes a value as segments. */
export function segmentsOf(output: Output): Segment[] {
  const segments: Segment[] = [];
  write(output, segments);
  return segments;
}

function write(output: Output, into: Segment[]): void {
  switch (output.kind) {
    case "text":
      into.push(output.text);
      return;
    case "choice":
      into.push({ ours: output.ours?.raw ?? "", theirs: output.theirs?.raw ?? "" });
      return;
    case "object":
    case "array":
      writeContainer(output, into);
  }
}

function writeContainer(output: OutputContainer, into: Segment[]): void {
  into.push(output.kind === "object" ? "{" : "[");
  // What must come before the next item of each side: nothing, or the white space and comma that end the item before it.
  let pending = { ours: "", theirs: "" };
  for (const item of output.items) {
    const [inOurs, inTheirs] = presence(item);
    if (inOurs && inTheirs) {
      into.push(pending.ours === pending.theirs ? pending.ours : pending, item.before + item.lead);
      write(item.value, into);
    } else {
      const inner = segmentsOf(item.value);
      const text = item.before + item.lead;
      into.push({
        ours: inOurs ? pending.ours + text + sideText(inner, "ours") : "",
        theirs: inTheirs ? pending.theirs + text + sideText(inner, "theirs") : "",
      });
    }
    pending = {
      ours: inOurs ? `${item.after},` : pending.ours,
      theirs: inTheirs ? `${item.after},` : pending.theirs,
    };
  }
  into.push(output.close, output.kind === "object" ? "}" : "]");
}

function presence(item: OutputItem): [ours: boolean, theirs: boolean] {
  const choice = item.value.kind === "choice" ? item.value : undefined;
  return [
    item.side !== "theirs" && (choice === undefined || choice.ours !== undefined),
    item.side !== "ours" && (choice === undefined || choice.theirs !== undefined),
  ];
}

/** The complete text of one outcome. */
export function sideText(segments: readonly Segment[], side: "ours" | "theirs"): string {
  return segments.map((segment) => (typeof segment === "string" ? segment : segment[side])).join("");
}
