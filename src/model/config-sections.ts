import { parseJson } from "./json/parse-json.ts";
import { isPlainObject, type PlainJson, plainJson } from "./json/plain-json.ts";

/** The newest `.got/config.json` this version understands. */
export const configVersion = 1;

/** One thing that is wrong with a configuration, and where, e.g. `merge.task.tags`. */
export interface ConfigProblem {
  readonly at: string;
  readonly reason: string;
}

export type ParsedSections<Value> =
  | { readonly kind: "parsed"; readonly config: Value }
  | { readonly kind: "invalid"; readonly problems: readonly [ConfigProblem, ...ConfigProblem[]] };

/** Notes a problem; undefined, so that it can stand where a value is missing. */
export type Report = (at: string, reason: string) => undefined;

/**
 * Reads a configuration's text and version, and whatever sections `read` wants of it. Every problem is listed, not only the first;
 * sections that `read` leaves alone have none.
 */
export function parseSections<Value>(
  text: string,
  read: (root: { readonly [section: string]: PlainJson }, report: Report) => Value,
): ParsedSections<Value> {
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") {
    const { reason, line, column } = parsed.problem;
    return {
      kind: "invalid",
      problems: [{ at: `line ${line}, column ${column}`, reason: `not valid JSON: ${reason}` }],
    };
  }
  const problems: ConfigProblem[] = [];
  const report: Report = (at, reason) => void problems.push({ at, reason });
  const value = plainJson(parsed.document.root);
  if (!isPlainObject(value)) report("/", "must be an object");
  const root = isPlainObject(value) ? value : {};
  const version = root["version"] ?? configVersion;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    report("version", "must be a positive integer");
  } else if (version > configVersion) {
    report("version", `is ${version}; this got-hooks understands ${configVersion}: upgrade it`);
  }
  const config = read(root, report);
  const [first, ...rest] = problems;
  return first === undefined ? { kind: "parsed", config } : { kind: "invalid", problems: [first, ...rest] };
}
