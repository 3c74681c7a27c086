import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { LockOptions } from "../../../src/lock/lock.ts";
import { checkHistory, type HistoryEntry } from "./check-history.ts";
import type { Worker, Workers } from "./worker-process.ts";

/** What happens to the processes of a storm while they work. */
export interface StormOrder {
  readonly processes: number;
  readonly rounds: number;
  readonly options: LockOptions;
  /** How many are killed, and how many are stopped for how long, at random moments. */
  readonly kills?: number;
  readonly stops?: number;
  readonly stopMs?: number;
  readonly blockShare?: number;
  readonly blockMs?: number;
  /** Grants of this adapter end by time as well. */
  readonly leases: boolean;
}

export interface StormResult {
  readonly complaints: readonly string[];
  readonly count: number;
  readonly counted: number;
  readonly begun: number;
  readonly refused: number;
  readonly fenced: number;
  /** From the first grant to the last one. */
  readonly spanMs: number;
  readonly answers: readonly Record<string, unknown>[];
}

/** Lets many processes increment one counter, makes trouble for them, and judges what they wrote down. */
export async function runStorm(workers: Workers, order: StormOrder): Promise<StormResult> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-lock-storm-"));
  const counter = path.join(folder, "counter");
  writeFileSync(counter, "0 0");
  try {
    const crowd = await workers.startMany(order.processes);
    const resource = `storm/${path.basename(folder)}`;
    const answered = crowd.map((worker) =>
      worker.send({
        do: "storm",
        storm: {
          resource,
          rounds: order.rounds,
          counter,
          history: path.join(folder, `history.${worker.pid}`),
          options: order.options,
          blockShare: order.blockShare,
          blockMs: order.blockMs,
        },
      }),
    );
    const killed = await makeTrouble(crowd, order);
    const answers = await Promise.all(answered);
    await Promise.all(crowd.map((worker) => worker.end()));
    return judge(folder, counter, killed, answers, order);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeTrouble(crowd: readonly Worker[], order: StormOrder): Promise<Map<number, bigint>> {
  const killed = new Map<number, bigint>();
  const victims = crowd.toSorted(() => Math.random() - 0.5);
  const { kills = 0, stops = 0, stopMs = 0 } = order;
  const stopped: Promise<void>[] = [];
  for (const [index, worker] of victims.slice(0, kills + stops).entries()) {
    await sleep(Math.random() * 60);
    if (index < kills) {
      killed.set(worker.pid, process.hrtime.bigint());
      worker.signal("SIGKILL");
    } else {
      worker.signal("SIGSTOP");
      stopped.push(sleep(stopMs).then(() => worker.signal("SIGCONT")));
    }
  }
  await Promise.all(stopped);
  return killed;
}

function judge(
  folder: string,
  counter: string,
  killed: ReadonlyMap<number, bigint>,
  answers: readonly Record<string, unknown>[],
  order: StormOrder,
): StormResult {
  const entries: HistoryEntry[] = [];
  let [begun, counted] = [0, 0];
  const grantedNs: bigint[] = [];
  for (const name of readdirSync(folder).filter((file) => file.startsWith("history."))) {
    const releasing = new Map<number, bigint>();
    const open = new Set<number>();
    for (const line of readFileSync(path.join(folder, name), "utf8").split("\n")) {
      if (!line.endsWith("}")) continue;
      const noted: {
        op: string;
        token: number;
        startNs: string;
        endNs: string;
        outcome: "released" | "lost";
        counted: boolean;
      } = JSON.parse(line);
      const { op, token, outcome } = noted;
      const [startNs, endNs] = [BigInt(noted.startNs), BigInt(noted.endNs ?? 0)];
      if (op === "acquire") {
        begun += 1;
        grantedNs.push(endNs);
        open.add(token);
        entries.push({ op, token, startNs, endNs });
      } else if (op === "releasing") {
        releasing.set(token, startNs);
        if (noted.counted) counted += 1;
      } else {
        open.delete(token);
        entries.push({ op: "release", token, startNs, endNs, outcome });
      }
    }
    const killedNs = killed.get(Number(name.split(".")[1]));
    // Killed in the middle of giving back: free from then on, or from its death.
    for (const token of open)
      if (killedNs !== undefined)
        entries.push({ op: "kill", token, startNs: releasing.get(token) ?? killedNs });
  }
  grantedNs.sort((a, b) => (a < b ? -1 : 1));
  const sum = (field: string): number =>
    answers.reduce((total, answer) => total + (typeof answer[field] === "number" ? answer[field] : 0), 0);
  return {
    complaints: checkHistory(entries, { leases: order.leases }),
    count: Number(readFileSync(counter, "utf8").split(" ")[0]),
    counted,
    begun,
    refused: sum("refused"),
    fenced: sum("fenced"),
    spanMs: Number((grantedNs.at(-1) ?? 0n) - (grantedNs[0] ?? 0n)) / 1e6,
    answers,
  };
}
