import type { HolderState } from "../lock.ts";
import type { HolderRecord } from "./holder-record.ts";
import type { ProcessIdentity, ProcessTable } from "./process-identity.ts";

/** Which fact of the kernel proves a holder dead. */
export type Death =
  /** The machine was started anew since. */
  | "anotherBoot"
  | "noSuchProcess"
  /** A later process has the number. */
  | "anotherStart"
  /** It has ended and only waits for its parent to notice. */
  | "ended";

/**
 * Tells whether the process a record names is dead, by facts of the kernel only: no clock takes part, so a holder that pauses
 * for however long is never taken for dead. `unknown` means that it cannot be told from here; such a holder is waited for.
 */
export function judgeHolder(record: HolderRecord, processes: ProcessTable): HolderState {
  return examineHolder(record, processes).state;
}

/** The same with its proof, for those who have to say why. */
export function examineHolder(
  record: ProcessIdentity,
  processes: ProcessTable,
): { readonly state: HolderState; readonly death: Death | null } {
  const dead = (death: Death): { state: "dead"; death: Death } => ({ state: "dead", death });
  const here = processes.identify();
  if (record.host !== here.host || record.host === "-" || record.boot === "-" || here.boot === "-")
    return { state: "unknown", death: null };
  if (record.boot !== here.boot) return dead("anotherBoot");
  if (record.pidns !== here.pidns) return { state: "unknown", death: null };
  const fact = processes.look(record.pid);
  if (fact.kind === "gone") return dead("noSuchProcess");
  if (fact.start !== "-" && record.start !== "-" && fact.start !== record.start) return dead("anotherStart");
  if (fact.state === "Z" || fact.state === "X") return dead("ended");
  return { state: fact.state === "T" || fact.state === "t" ? "stopped" : "alive", death: null };
}
