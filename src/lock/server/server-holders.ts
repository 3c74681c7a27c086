import type { HolderInfo, LockMode } from "../lock.ts";
import { lockModes } from "../modes.ts";

/** Reads what a server says of holders; what is not as we write it is left out. */
export function readHolders(value: unknown): readonly HolderInfo[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry) => readHolder(entry)).filter((holder) => holder !== undefined);
}

function readHolder(value: unknown): HolderInfo | undefined {
  if (!isObject(value) || !isMode(value["mode"])) return undefined;
  return {
    agent: textOf(value["agent"]),
    session: textOf(value["session"]),
    what: textOf(value["what"]),
    host: textOf(value["host"]) ?? "unknown",
    pid: typeof value["pid"] === "number" ? value["pid"] : undefined,
    mode: value["mode"],
    token: Number(value["token"]),
    since: isoOf(value["sinceMs"]),
    state: "alive",
  };
}

/** ISO-8601 UTC from milliseconds of the server's clock. */
export function isoOf(ms: unknown): string {
  const date = new Date(Number(ms));
  return Number.isNaN(date.getTime()) ? "unknown" : date.toISOString();
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isMode(value: unknown): value is LockMode {
  return typeof value === "string" && lockModes.has(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
