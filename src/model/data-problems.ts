import { limits } from "../base/limits.ts";
import { parseConfig } from "./config.ts";
import { entityChecksum } from "./entity-checksum.ts";
import { decodeString } from "./json/canonical-json.ts";
import type { JsonObject } from "./json/json-node.ts";
import { parseJson } from "./json/parse-json.ts";

/** One thing that is wrong with a file under `.got/`. */
export interface DataProblem {
  /** Counted from 1; null when the file as a whole is meant. */
  readonly line: number | null;
  readonly reason: string;
}

/**
 * Finds what must not be committed in one file under `.got/`: conflict markers left in, invalid JSON, an entity whose
 * checksum is not that of its content, a broken policy. Files of a kind we don't know are only searched for markers.
 *
 * @param path relative to the top of the work tree, with slashes.
 * @param previous the same file before, or null: lines of a log that stood there already are not reported again.
 */
export function findDataProblems(
  path: string,
  text: string,
  previous: string | null,
): readonly DataProblem[] {
  const markers = findMarkers(text, previous);
  if (markers.length > 0) return markers;
  if (path === ".got/config.json") return findConfigProblems(text);
  if (path.endsWith(".jsonl")) return findLogProblems(text, previous);
  if (path.endsWith(".json")) return findDocumentProblems(path, text);
  return [];
}

const marker = /^(?:<{7,}|>{7,})(?: |\r?$)/;

function findMarkers(text: string, previous: string | null): DataProblem[] {
  if (!/^(?:<{7}|>{7})/m.test(text)) return [];
  const known = new Set(previous?.split("\n"));
  return linesOf(text)
    .filter(({ content }) => marker.test(content) && !known.has(content))
    .map(({ line }) => ({ line, reason: "a conflict marker was left in" }));
}

function findConfigProblems(text: string): DataProblem[] {
  const parsed = parseConfig(text);
  if (parsed.kind === "parsed") return [];
  return parsed.problems.map(({ at, reason }) => {
    const line = /^line (\d+)/.exec(at)?.[1];
    return {
      line: line === undefined ? null : Number(line),
      reason: line === undefined ? `${at} ${reason}` : reason,
    };
  });
}

function findLogProblems(text: string, previous: string | null): DataProblem[] {
  const known = new Set(previous?.split("\n"));
  const problems: DataProblem[] = [];
  for (const { line, content } of linesOf(text)) {
    if (content.trim() === "" || known.has(content)) continue;
    const reason = jsonError(content);
    if (reason !== null) problems.push({ line, reason: `not valid JSON: ${reason}` });
  }
  return problems;
}

function findDocumentProblems(path: string, text: string): DataProblem[] {
  if (Buffer.byteLength(text) > limits.jsonBytes) return [];
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") {
    const { line, reason } = parsed.problem;
    return [{ line, reason: `not valid JSON: ${reason}` }];
  }
  const { root } = parsed.document;
  if (!path.startsWith(".got/entities/") || root.kind !== "object") return [];
  return [...findNameProblems(path, text, root), ...findChecksumProblems(text, root)];
}

/** An entity in another one's file: two files would claim one id. */
function findNameProblems(path: string, text: string, root: JsonObject): DataProblem[] {
  const [type, file, ...deeper] = path.slice(".got/entities/".length).split("/");
  if (type === undefined || file === undefined || deeper.length > 0) return [];
  const id = file.slice(0, -".json".length);
  return root.members.flatMap(({ key, rawKey, colon, value }) => {
    const wanted = key === "id" ? id : key === "type" ? type : undefined;
    if (wanted === undefined || !value.raw.startsWith('"') || decodeString(value.raw) === wanted) return [];
    const line = lineOf(text, rawKey + colon);
    return [
      { line, reason: `${key} is ${value.raw.slice(0, 80)}, but the file stands where ${wanted} belongs` },
    ];
  });
}

function findChecksumProblems(text: string, root: JsonObject): DataProblem[] {
  const member = root.members.find(({ key }) => key === "checksum");
  if (member === undefined) return [];
  const stored = member.value.raw.startsWith('"') ? decodeString(member.value.raw) : member.value.raw;
  const computed = entityChecksum(root);
  if (stored === computed) return [];
  return [
    {
      line: lineOf(text, member.rawKey + member.colon),
      reason: `checksum is ${stored.slice(0, 80)}, but the content's is ${computed}: the file was changed without it`,
    },
  ];
}

function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split("\n").length;
}

function jsonError(line: string): string | null {
  try {
    JSON.parse(line);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function linesOf(text: string): { line: number; content: string }[] {
  return text.split("\n").map((content, index) => ({ line: index + 1, content }));
}
