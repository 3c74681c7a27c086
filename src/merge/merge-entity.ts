import { limits } from "../base/limits.ts";
import type { JsonDocument } from "../model/json/json-node.ts";
import { parseJson } from "../model/json/parse-json.ts";
import { pathRuleFor } from "../model/path-pattern.ts";
import { markConflicts } from "./conflict-markers.ts";
import { mergeRecord } from "./json/merge-record.ts";
import { type Segment, segmentsOf, sideText } from "./json/output.ts";
import type { Merge, MergeInputs, MergeOptions, MergeResult } from "./merge-result.ts";
import { pick } from "./pick.ts";
import { decodeVersions, type TextVersions } from "./text-versions.ts";
import { trivialMerge } from "./trivial-merge.ts";

/**
 * Merges three versions of one JSON document field by field. Bytes that neither side changed stay as they are;
 * see DESIGN §4 for the guarantees. Documents that are not strict JSON, nest deeper than `limits.jsonDepth` or are
 * larger than `limits.jsonBytes` are `unmergeable`.
 */
export const mergeEntity: Merge = (inputs, options) =>
  trivialMerge(inputs) ?? mergeDocuments(inputs, options, pathRuleFor(options.policy, options.path)?.type);

/** `mergeEntity` after its shortcuts, for documents whose path gives them the type `pathType`. */
export function mergeDocuments(
  inputs: MergeInputs,
  options: MergeOptions,
  pathType: string | undefined,
): MergeResult {
  for (const [name, bytes] of Object.entries(inputs)) {
    if (bytes !== null && bytes.length > limits.jsonBytes) {
      return { kind: "unmergeable", reason: `${name} is larger than ${limits.jsonBytes} bytes` };
    }
  }
  const versions = decodeVersions(inputs);
  if (versions.kind === "undecodable") return { kind: "unmergeable", reason: versions.reason };
  const documents = parseVersions(versions);
  if (documents.kind === "unmergeable") return documents;
  const { base, ours, theirs } = documents;
  const merged = mergeRecord(
    { base: base?.root, ours: ours.root, theirs: theirs.root },
    { policy: options.policy, pathType, place: "", choices: options.choices },
  );
  if (merged.output === undefined) return { kind: "unmergeable", reason: "nothing is left of the document" };
  const segments: Segment[] = [
    pick(base?.before, ours.before, theirs.before),
    ...segmentsOf(merged.output),
    pick(base?.after, ours.after, theirs.after),
  ];
  const { decisions, conflicts } = merged;
  for (const side of conflicts.length > 0 ? (["ours", "theirs"] as const) : (["ours"] as const)) {
    const again = parseJson(sideText(segments, side));
    if (again.kind === "invalid")
      return { kind: "unmergeable", reason: `the result would not parse: ${again.problem.reason}` };
  }
  if (conflicts.length > 0) {
    const marked = markConflicts(segments, options);
    return { kind: "conflict", chunks: [versions.encode(marked)], decisions, conflicts };
  }
  return { kind: "merged", chunks: [versions.encode(sideText(segments, "ours"))], decisions };
}

type Parsed =
  | { kind: "parsed"; base: JsonDocument | undefined; ours: JsonDocument; theirs: JsonDocument }
  | { kind: "unmergeable"; reason: string };

function parseVersions(versions: TextVersions): Parsed {
  const documents: JsonDocument[] = [];
  for (const name of ["ours", "theirs", "base"] as const) {
    const text = versions[name];
    if (name === "base" && (text === undefined || text.trim() === "")) continue;
    const parsed = parseJson(text ?? "");
    if (parsed.kind === "invalid") {
      const { reason, line, column } = parsed.problem;
      return {
        kind: "unmergeable",
        reason: `${name} is not JSON: line ${line}, column ${column}: ${reason}`,
      };
    }
    documents.push(parsed.document);
  }
  const [ours, theirs, base] = documents;
  if (ours === undefined || theirs === undefined) return { kind: "unmergeable", reason: "a side is missing" };
  return { kind: "parsed", base, ours, theirs };
}
