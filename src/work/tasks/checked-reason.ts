import { GotError } from "../../base/errors.ts";
import { taskLimits } from "./task-limits.ts";

/** A reason that a record has room for. @throws GotError LIMIT_EXCEEDED */
export function checkedReason(reason: string): string {
  if (reason.length <= taskLimits.reasonLength) return reason;
  throw new GotError(
    "LIMIT_EXCEEDED",
    `The reason has ${reason.length} characters; ${taskLimits.reasonLength} are the most`,
    { facts: { length: reason.length, limit: taskLimits.reasonLength }, hint: "Say it shorter." },
  );
}
