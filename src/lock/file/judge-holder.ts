import type { HolderState } from "../lock.ts";
import type { HolderRecord } from "./holder-record.ts";
import type { ProcessTable } from "./process-identity.ts";

/**
 * Tells whether the process a record names is dead, by facts of the kernel only: no clock takes part, so a holder that pauses
 * for however long is never taken for dead. `unknown` means that it cannot be told from here; such a holder is waited for.
 */
export function judgeHolder(record: HolderRecord, processes: ProcessTable): HolderState {
  const here = processes.identify();
  if (record.host !== here.host || record.host === "-" || record.boot === "-" || here.boot === "-")
    return "unknown";
  if (record.boot !== here.boot) return "dead";
  if (record.pidns !== here.pidns) return "unknown";
  const fact = processes.look(record.pid);
  if (fact.kind === "gone") return "dead";
  if (fact.start !== "-" && record.start !== "-" && fact.start !== record.start) return "dead";
  if (fact.state === "Z" || fact.state === "X") return "dead";
  return fact.state === "T" || fact.state === "t" ? "stopped" : "alive";
}
