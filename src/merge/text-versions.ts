import { isUtf8 } from "node:buffer";
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
 * Decodes UTF-8, or with `anyBytes` each byte as one character where a version is not UTF-8. Where every version that
 * has line breaks uses one kind throughout, the three kinds are merged like any other value; mixed ones are left alone.
 */
export function decodeVersions(inputs: MergeInputs, options: { anyBytes?: boolean } = {}): DecodedVersions {
  const invalid = (["base", "ours", "theirs"] as const).find(
    (name) => !isUtf8(inputs[name] ?? new Uint8Array()),
  );
  if (invalid !== undefined && options.anyBytes !== true) {
    return { kind: "undecodable", reason: `${invalid} is not valid UTF-8` };
  }
  const encoding = invalid === undefined ? "utf8" : "latin1";
  const encode = (text: string): Uint8Array => Buffer.from(text, encoding);
  const decode = (bytes: Uint8Array): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding);
  const base = inputs.base === null ? undefined : decode(inputs.base);
  const [ours, theirs] = [decode(inputs.ours), decode(inputs.theirs)];
  const styles = {
    base: base === undefined ? undefined : breaksOf(base),
    ours: breaksOf(ours),
    theirs: breaksOf(theirs),
  };
  if (styles.base === "mixed" || styles.ours === "mixed" || styles.theirs === "mixed") {
    return { kind: "text", base, ours, theirs, encode };
  }
  const known = (style: string | undefined, other: string | undefined): string =>
    style || other || styles.base || "\n";
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
