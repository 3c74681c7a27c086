import { entityChecksum } from "../../model/entity-checksum.ts";
import { canonicalJson, decodeString } from "../../model/json/canonical-json.ts";
import type { JsonNode, JsonObject } from "../../model/json/json-node.ts";
import { parseJson } from "../../model/json/parse-json.ts";
import type { Policy } from "../../model/policy.ts";
import { knowsType, wholeSettings } from "../../model/rule-for.ts";
import type { Choices, Conflict, Decision } from "../merge-result.ts";
import { compareValues } from "../rules/compare.ts";
import { isContested, type MergeContext, recordDecision, type Versions } from "./merge-context.ts";
import { mergeValue } from "./merge-value.ts";
import { type Output, segmentsOf, sideText, textOutput } from "./output.ts";

export interface MergedRecord {
  /** Undefined when the result has no such record. */
  readonly output: Output | undefined;
  readonly decisions: readonly Decision[];
  readonly conflicts: readonly Conflict[];
}

export interface RecordOptions {
  readonly policy: Policy;
  /** The type that the record's path has in the policy, for records that name none which the policy knows. */
  readonly pathType: string | undefined;
  /** Prefix of reported places, e.g. the record's id in a table; empty for a file of one record. */
  readonly place: string;
  readonly choices?: Choices | undefined;
}

/**
 * Merges one whole document or record: the fields by their rules, then what belongs to the envelope of an entity:
 * `version` grows past both when both sides contributed, `checksum` is computed anew.
 */
export function mergeRecord(versions: Versions, options: RecordOptions): MergedRecord {
  const type = typeOf(versions, options);
  const settings = wholeSettings(options.policy, type);
  const { ours, theirs } = versions;
  const contested = isContested(versions);
  const run = (computed: ReadonlyMap<string, string | undefined>): MergedRecord => {
    const context: MergeContext = {
      policy: options.policy,
      type,
      place: options.place,
      newer: compareAge(ours, theirs),
      contested,
      decisions: [],
      conflicts: [],
      computed,
      followed: new Map(),
      mergeValue,
      choices: options.choices,
    };
    const output = mergeValue(context, "", versions);
    return { output, decisions: context.decisions, conflicts: context.conflicts };
  };
  const whole = (rule: "@strategy" | "@delete", chosen: JsonNode | undefined): MergedRecord => {
    const decisions: Decision[] = [];
    recordDecision({ place: options.place, decisions }, "", rule, versions, chosen?.raw ?? null);
    const output = chosen === undefined ? undefined : textOutput(chosen.raw);
    return { output, decisions, conflicts: [] };
  };

  if (!contested) return run(new Map());
  if (settings.strategy !== "merge") return whole("@strategy", versions[settings.strategy]);
  if (ours === undefined || theirs === undefined) {
    if (settings.deletion === "conflict") return run(new Map());
    const kept = ours === undefined ? "theirs" : "ours";
    return whole("@delete", settings.deletion === "keep" ? versions[kept] : undefined);
  }
  const computed = new Map<string, string | undefined>();
  const version = nextVersion(versions);
  if (version !== undefined) computed.set("version", version);
  if (!hasValidChecksum(ours) && !hasValidChecksum(theirs)) return run(computed);
  computed.set("checksum", undefined);
  const unsigned = run(computed);
  if (unsigned.conflicts.length > 0 || unsigned.output === undefined) return unsigned;
  const parsed = parseJson(sideText(segmentsOf(unsigned.output), "ours"));
  if (parsed.kind === "invalid") return unsigned;
  return run(computed.set("checksum", JSON.stringify(entityChecksum(parsed.document.root))));
}

function typeOf({ base, ours, theirs }: Versions, { policy, pathType }: RecordOptions): string {
  const types = [base, ours, theirs].map((node) => stringField(node, "type"));
  const own =
    types[1] === types[2] || types[2] === undefined ? types[1] : types[1] === undefined ? types[2] : types[0];
  return own !== undefined && (knowsType(policy, own) || pathType === undefined) ? own : (pathType ?? "*");
}

/** Above zero when ours was updated later than theirs. */
function compareAge(ours: JsonNode | undefined, theirs: JsonNode | undefined): number {
  for (const key of ["updated_at", "updatedAt"]) {
    const [a, b] = [member(ours, key), member(theirs, key)];
    if (a !== undefined && b !== undefined) return compareValues(a, b) ?? 0;
    if (a !== undefined || b !== undefined) return a === undefined ? -1 : 1;
  }
  return 0;
}

const envelope = new Set(["version", "updated_at", "updated_by", "created_at", "checksum"]);

/** The version of an entity to which both sides contributed, or undefined where that is not what this is. */
function nextVersion({ base, ours, theirs }: Versions): string | undefined {
  if (!isEntity(ours) || !isEntity(theirs)) return undefined;
  const content = (node: JsonNode | undefined): string | undefined =>
    node?.kind === "object"
      ? canonicalJson({ ...node, members: node.members.filter(({ key }) => !envelope.has(key)) })
      : undefined;
  const [before, a, b] = [content(base), content(ours), content(theirs)];
  const [versionA, versionB] = [integer(member(ours, "version")), integer(member(theirs, "version"))];
  if (versionA === undefined || versionB === undefined) return undefined;
  const newest = versionA > versionB ? versionA : versionB;
  return String(a !== b && a !== before && b !== before ? newest + 1n : newest);
}

function isEntity(node: JsonNode | undefined): node is JsonObject {
  return (
    stringField(node, "id") !== undefined &&
    stringField(node, "type") !== undefined &&
    stringField(node, "updated_at") !== undefined &&
    integer(member(node, "version")) !== undefined
  );
}

function hasValidChecksum(node: JsonNode): boolean {
  const checksum = stringField(node, "checksum");
  return checksum !== undefined && checksum === entityChecksum(node);
}

function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.find((candidate) => candidate.key === key)?.value : undefined;
}

function stringField(node: JsonNode | undefined, key: string): string | undefined {
  const value = member(node, key);
  return value?.kind === "scalar" && value.raw.startsWith('"') ? decodeString(value.raw) : undefined;
}

function integer(node: JsonNode | undefined): bigint | undefined {
  return node?.kind === "scalar" && /^\d{1,18}$/.test(node.raw) ? BigInt(node.raw) : undefined;
}
