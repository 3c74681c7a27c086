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
  const present = output.items.map((item) => presence(item));
  const last = {
    ours: present.findLastIndex(({ ours }) => ours),
    theirs: present.findLastIndex(({ theirs }) => theirs),
  };
  output.items.forEach((item, index) => {
    const start = item.before + item.lead;
    // The white space behind the last item of a side is the container's.
    const end = {
      ours: index < last.ours ? `${item.after},` : "",
      theirs: index < last.theirs ? `${item.after},` : "",
    };
    const { ours, theirs } = present[index] ?? { ours: false, theirs: false };
    if (ours && theirs) {
      into.push(start);
      write(item.value, into);
      into.push(end.ours === end.theirs ? end.ours : end);
    } else {
      const inner = segmentsOf(item.value);
      into.push({
        ours: ours ? start + sideText(inner, "ours") + end.ours : "",
        theirs: theirs ? start + sideText(inner, "theirs") + end.theirs : "",
      });
    }
  });
  into.push(output.close, output.kind === "object" ? "}" : "]");
}

/** Which outcomes have the item. */
function presence(item: OutputItem): { ours: boolean; theirs: boolean } {
  const choice = item.value.kind === "choice" ? item.value : undefined;
  return {
    ours: item.side !== "theirs" && (choice === undefined || choice.ours !== undefined),
    theirs: item.side !== "ours" && (choice === undefined || choice.theirs !== undefined),
  };
}

/** The complete text of one outcome. */
export function sideText(segments: readonly Segment[], side: "ours" | "theirs"): string {
  return segments.map((segment) => (typeof segment === "string" ? segment : segment[side])).join("");
}
