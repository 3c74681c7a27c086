import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import type { Wait, WaitBoard } from "../backend.ts";
import { isWait } from "../wait-shape.ts";
import { formatRecord, parseRecord } from "./holder-record.ts";
import { judgeHolder } from "./judge-holder.ts";
import { systemCode } from "./lock-files.ts";
import type { ProcessTable } from "./process-identity.ts";

/**
 * Waits as files, `<locks>/.waits/w.<pid>.<random>`: a holder's record followed by one line of JSON. Only looked at by waiters
 * that hold something; a missing or broken entry means an undetected cycle, which then ends by its timeout.
 */
export function createFileWaitBoard(directory: string, processes: ProcessTable): WaitBoard {
  const publish: WaitBoard["publish"] = async (wait) => {
    const record = formatRecord({
      ...processes.identify(),
      since: "-",
      agent: wait.agent,
      session: wait.session,
      what: undefined,
      mode: undefined,
      leaseMs: undefined,
    });
    mkdirSync(directory, { recursive: true });
    const file = path.join(directory, `w.${processes.identify().pid}.${randomBytes(6).toString("hex")}`);
    writeFileAtomic(file, `${JSON.stringify(wait)}\n${record}`, { durable: false });
    return async () => rmSync(file, { force: true });
  };

  const list: WaitBoard["list"] = async () => {
    const waits: Wait[] = [];
    for (const name of namesIn(directory)) {
      const wait = readWait(path.join(directory, name), processes);
      if (wait !== undefined) waits.push(wait);
    }
    return waits;
  };
  return { publish, list };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.startsWith("w."));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function readWait(file: string, processes: ProcessTable): Wait | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const end = text.indexOf("\n");
    const record = parseRecord(text.slice(end + 1));
    if (record === undefined) return undefined;
    if (judgeHolder(record, processes) === "dead") {
      rmSync(file, { force: true });
      return undefined;
    }
    const wait: unknown = JSON.parse(text.slice(0, end));
    return isWait(wait) ? wait : undefined;
  } catch {
    return undefined;
  }
}
