import { lockLimits } from "../lock-limits.ts";

/**
 * A holder as it is written into the lock directory: `key value` lines between `got-lock 1` and `end`. Everybody who knows
 * `docs/concurrency.md` can write one; unknown keys are ignored, a missing value is `-`.
 */
export interface HolderRecord {
  readonly pid: number;
  /** Start time of the process, as `process-identity.ts` gives it; `-` when unknown. */
  readonly start: string;
  readonly boot: string;
  readonly pidns: string;
  readonly host: string;
  readonly since: string;
  readonly agent: string | undefined;
  readonly session: string | undefined;
  readonly what: string | undefined;
  /** `exclusive` unless the record says otherwise. */
  readonly mode: string | undefined;
  /** Promised time between two signs of life, in milliseconds. */
  readonly leaseMs: number | undefined;
}

const header = "got-lock 1";

export function formatRecord(record: HolderRecord): string {
  const lines = [
    header,
    `pid ${record.pid}`,
    `start ${clean(record.start)}`,
    `boot ${clean(record.boot)}`,
    `pidns ${clean(record.pidns)}`,
    `host ${clean(record.host)}`,
    `since ${clean(record.since)}`,
    `agent ${clean(record.agent)}`,
    `session ${clean(record.session)}`,
    `what ${clean(record.what)}`,
  ];
  if (record.mode !== undefined) lines.push(`mode ${clean(record.mode)}`);
  if (record.leaseMs !== undefined) lines.push(`lease ${record.leaseMs}`);
  return `${lines.join("\n")}\nend\n`;
}

/** Reads a record; `undefined` when it is torn, from a newer version, or names no process: then nothing is known of its holder. */
export function parseRecord(text: string): HolderRecord | undefined {
  const lines = text.split("\n");
  if (lines[0] !== header || !text.endsWith("\nend\n")) return undefined;
  const values = new Map<string, string>();
  for (const line of lines.slice(1, -2)) {
    const space = line.indexOf(" ");
    if (space > 0 && line.slice(space + 1) !== "-") values.set(line.slice(0, space), line.slice(space + 1));
  }
  const pid = Number(values.get("pid"));
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const lease = Number(values.get("lease"));
  return {
    pid,
    start: values.get("start") ?? "-",
    boot: values.get("boot") ?? "-",
    pidns: values.get("pidns") ?? "-",
    host: values.get("host") ?? "-",
    since: values.get("since") ?? "-",
    agent: values.get("agent"),
    session: values.get("session"),
    what: values.get("what"),
    mode: values.get("mode"),
    leaseMs: Number.isSafeInteger(lease) && lease > 0 ? lease : undefined,
  };
}

function clean(value: string | undefined): string {
  if (value === undefined || value === "") return "-";
  // Nearly every value: printable ASCII, short, no space at an end.
  if (value.length <= lockLimits.recordValueBytes && /^[!-~](?:[ -~]*[!-~])?$/.test(value)) return value;
  const line = value.replace(/\p{Cc}+/gu, " ").trim();
  if (line === "") return "-";
  const bytes = Buffer.from(line, "utf8");
  // A cut through a character leaves U+FFFD at the end, which is dropped.
  return bytes.length <= lockLimits.recordValueBytes
    ? line
    : bytes
        .subarray(0, lockLimits.recordValueBytes)
        .toString("utf8")
        .replace(/\uFFFD$/, "");
}
