import type { HolderInfo, HolderState, LockMode } from "../lock.ts";
import type { HolderRecord } from "./holder-record.ts";

/** A record as `lock list` and refusals show it. */
export function holderInfo(
  held: { readonly record: HolderRecord | undefined; readonly state: HolderState },
  mode: LockMode,
  token: number,
): HolderInfo {
  const { record, state } = held;
  return {
    agent: record?.agent,
    session: record?.session,
    what: record?.what,
    host: record?.host ?? "unknown",
    pid: record?.pid,
    mode,
    token,
    since: record?.since ?? "unknown",
    state,
  };
}
