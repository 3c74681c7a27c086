import type { MergeInputs } from "./merge-result.ts";
import { pick } from "./pick.ts";

/** Three versions as text, with line breaks all `\n`, and the way back to bytes. */
export interface TextVersions {
  readonly kind: "text";
  readonly base: string | undefined;
  readonly ours: string;
  readonly theirs: string;
  /** Writes a result with the line breaks that the three versions merge to. */
  readonly encode: (text: string) => Uint8Array;
}

export type DecodedVersions = TextVersions | { readonly kind: "undecodable"; readonly reason: string };

/**
 * Decodes UTF-8. Where every version that has line breaks uses one kind throughout, the three kinds are merged like
 * any other value; mixed ones are left alone.
 */
export function decodeVersions(inputs: MergeInputs): DecodedVersions {
  const texts: { [name: string]: string } = {};
  for (const name of ["base", "ours", "theirs"] as const) {
    const bytes = inputs[name];
    if (bytes === null) continue;
    try {
      texts[name] = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return { kind: "undecodable", reason: `${name} is not valid UTF-8` };
    }
  }
  const { base, ours = "", theirs = "" } = texts;
  const styles = {
    base: base === undefined ? undefined : breaksOf(base),
    ours: breaksOf(ours),
    theirs: breaksOf(theirs),
  };
  if (styles.base === "mixed" || styles.ours === "mixed" || styles.theirs === "mixed") {
    return { kind: "text", base, ours, theirs, encode };
  }
  const known = (style: string | undefined, other: string | undefined): string => style || other || "\n";
  const oursStyle = known(styles.ours, styles.theirs);
  const style = pick(styles.base || undefined, oursStyle, known(styles.theirs, styles.ours));
  return {
    kind: "text",
    base: base?.replaceAll("\r\n", "\n"),
    ours: ours.replaceAll("\r\n", "\n"),
    theirs: theirs.replaceAll("\r\n", "\n"),
    encode: (text) => encode(style === "\n" ? text : text.replaceAll("\n", "\r\n")),
  };
}

/** The one kind of line break in a text, `mixed`, or empty where it has none. */
function breaksOf(text: string): "\n" | "\r\n" | "mixed" | "" {
  const all = text.split("\n").length - 1;
  if (all === 0) return text.includes("\r") ? "mixed" : "";
  const windows = text.split("\r\n").length - 1;
  return windows === 0 ? "\n" : windows === all ? "\r\n" : "mixed";
}

function encode(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
