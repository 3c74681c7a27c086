import t from "tap";
import { checkHistory, type HistoryEntry } from "../../contract/lock/check-history.ts";

const acquire = (token: number, start: number, end: number): HistoryEntry => ({
  op: "acquire",
  token,
  startNs: BigInt(start),
  endNs: BigInt(end),
});
const release = (
  token: number,
  start: number,
  end: number,
  outcome: "released" | "lost" = "released",
): HistoryEntry => ({
  op: "release",
  token,
  startNs: BigInt(start),
  endNs: BigInt(end),
  outcome,
});
const kill = (token: number, start: number): HistoryEntry => ({ op: "kill", token, startNs: BigInt(start) });

await t.test("accepts histories that some order explains", async (t) => {
  const good: Record<string, HistoryEntry[]> = {
    nothing: [],
    "one after the other": [acquire(1, 0, 10), release(1, 20, 30), acquire(2, 40, 50), release(2, 60, 70)],
    "the next is granted while the release is on its way": [
      acquire(1, 0, 10),
      release(1, 20, 60),
      acquire(2, 5, 30),
    ],
    "noted out of order": [acquire(2, 5, 45), release(1, 20, 30), acquire(1, 0, 10)],
    "tokens with gaps": [acquire(3, 0, 10), release(3, 20, 30), acquire(9, 40, 50)],
    "a killed holder": [acquire(1, 0, 10), kill(1, 20), acquire(2, 5, 25)],
    "the last one still holds": [acquire(1, 0, 10)],
  };
  for (const [what, history] of Object.entries(good)) t.strictSame(checkHistory(history), [], what);
});

await t.test("rejects histories that no order explains", async (t) => {
  const bad: Record<string, HistoryEntry[]> = {
    "two holders at once": [acquire(1, 0, 10), release(1, 50, 60), acquire(2, 5, 30), release(2, 55, 70)],
    "one token twice": [acquire(1, 0, 10), acquire(1, 20, 30)],
    "tokens against time": [acquire(2, 0, 10), release(2, 12, 14), acquire(1, 20, 30), release(1, 40, 50)],
    "granted before the holder was killed": [acquire(1, 0, 10), kill(1, 40), acquire(2, 5, 30)],
    "a living holder is passed over": [acquire(1, 0, 10), acquire(2, 20, 30)],
    "a holder that lost it without a break": [
      acquire(1, 0, 10),
      release(1, 50, 60, "lost"),
      acquire(2, 20, 30),
    ],
  };
  for (const [what, history] of Object.entries(bad)) t.not(checkHistory(history).length, 0, what);
});

await t.test("lets leases run out when told so, and nothing else", async (t) => {
  t.strictSame(
    checkHistory([acquire(1, 0, 10), release(1, 50, 60, "lost"), acquire(2, 20, 30)], { leases: true }),
    [],
  );
  t.not(checkHistory([acquire(1, 0, 10), release(1, 50, 60), acquire(2, 5, 30)], { leases: true }).length, 0);
});
