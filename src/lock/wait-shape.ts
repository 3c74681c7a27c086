import type { Wait } from "./backend.ts";
import { lockModes } from "./modes.ts";

/** Whether what was read from a board is a wait as this version writes it. */
export function isWait(value: unknown): value is Wait {
  return (
    isRecord(value) &&
    typeof value["party"] === "string" &&
    isResourceMode(value["wants"]) &&
    Array.isArray(value["holds"]) &&
    value["holds"].every(isResourceMode)
  );
}

function isResourceMode(value: unknown): boolean {
  return isRecord(value) && typeof value["resource"] === "string" && lockModes.has(String(value["mode"]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
