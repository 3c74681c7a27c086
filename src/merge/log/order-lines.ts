/** The order of a merged log: by `(ts, id)` where both sides added, otherwise as `mergeOrder` keeps it. */
import type { Buffer } from "node:buffer";
import { mergeIdOrder } from "../sequence/merge-id-order.ts";
import type { Runs } from "../sequence/merge-runs.ts";
import { lineBytes, lineKey, type LineTable } from "./line-table.ts";
import type { FileName, PerFile } from "./log-files.ts";
import type { LineSlots } from "./match-lines.ts";
import { outcome, type Resolution } from "./resolve-lines.ts";

/** Returns the surviving slots in the order in which the merged log holds them. */
export function orderLines(tables: PerFile<LineTable>, slots: LineSlots, resolution: Resolution): number[] {
  const order = new LineOrder(tables, slots, resolution);
  return order.mergeSortedTails() ?? mergeByGaps(slots, resolution, order);
}

function mergeByGaps(slots: LineSlots, resolution: Resolution, order: LineOrder): number[] {
  return mergeIdOrder({
    base: slots.slots.base,
    ours: slots.slots.ours,
    theirs: slots.slots.theirs,
    idCount: slots.count,
    survives: (slot) => resolution.outcome[slot] !== outcome.gone,
    compare: (left, right) => order.compareTexts(left, right),
    mergeGap: (runs) => order.mergeStamped(runs),
  });
}

class LineOrder {
  readonly #tables: PerFile<LineTable>;
  readonly #slots: LineSlots;
  readonly #outcome: Uint8Array;
  /** By slot, for the gap at hand: the stamp it is ordered by, the slot the stamp is from, and how far behind it. */
  readonly #stamp: Float64Array;
  readonly #leader: Int32Array;
  readonly #distance: Int32Array;

  constructor(tables: PerFile<LineTable>, slots: LineSlots, resolution: Resolution) {
    this.#tables = tables;
    this.#slots = slots;
    this.#outcome = resolution.outcome;
    this.#stamp = new Float64Array(slots.count);
    this.#leader = new Int32Array(slots.count);
    this.#distance = new Int32Array(slots.count).fill(-1);
  }

  /**
   * The shortcut for logs to which both sides only appended different lines, all stamped and in order: what
   * `mergeStamped` would give, without sorting. Null where that is not so.
   */
  mergeSortedTails(): number[] | null {
    const { base, ours, theirs } = this.#tables;
    if (base.count > 0 || ours.count + theirs.count !== this.#slots.count) return null;
    if (ours.count === 0 || theirs.count === 0) return null;
    if (!this.#isSortedTail("ours") || !this.#isSortedTail("theirs")) return null;
    const { slots } = this.#slots;
    const merged: number[] = [];
    for (let our = 0, their = 0; our < ours.count || their < theirs.count;) {
      if (their === theirs.count || (our < ours.count && this.#isBefore("ours", our, "theirs", their))) {
        merged.push(slots.ours[our++] ?? 0);
      } else merged.push(slots.theirs[their++] ?? 0);
    }
    return merged;
  }

  #isSortedTail(file: FileName): boolean {
    const { count, stamps } = this.#tables[file];
    if (Number.isNaN(stamps[0] ?? Number.NaN)) return false;
    for (let line = 1; line < count; line++) {
      // False for NaN as well: a line without a stamp.
      const isLater = (stamps[line - 1] ?? 0) < (stamps[line] ?? 0);
      if (!isLater && !(stamps[line - 1] === stamps[line] && this.#isBefore(file, line - 1, file, line))) {
        return false;
      }
    }
    return true;
  }

  #isBefore(leftFile: FileName, left: number, rightFile: FileName, right: number): boolean {
    const leftStamp = this.#tables[leftFile].stamps[left] ?? 0;
    const rightStamp = this.#tables[rightFile].stamps[right] ?? 0;
    if (leftStamp !== rightStamp) return leftStamp < rightStamp;
    const { slots } = this.#slots;
    return this.#compareLeaders(slots[leftFile][left] ?? 0, slots[rightFile][right] ?? 0) < 0;
  }

  /**
   * Sorts a gap that both sides added to and in which both have time stamps. A line without one (torn, a comment) stays
   * behind the line it was written after. Null where the order is not a matter of time.
   */
  mergeStamped(runs: Runs): number[] | null {
    if (!this.#adds(runs.ours, "theirs") || !this.#adds(runs.theirs, "ours")) return null;
    for (const run of [runs.ours, runs.theirs]) for (const slot of run) this.#distance[slot] = -1;
    if (!this.#followStamps(runs.ours) || !this.#followStamps(runs.theirs)) return null;
    const union = Array.from(runs.ours);
    const { ours } = this.#slots.lines;
    // A slot that both sides have may still be missing from our run: our line is then in another gap.
    const common = runs.theirs.some((slot) => (ours[slot] ?? -1) >= 0) ? new Set(runs.ours) : null;
    for (const slot of runs.theirs) if (common === null || !common.has(slot)) union.push(slot);
    // Two sorted runs one behind the other: V8's TimSort merges them in linear time.
    return union.sort((left, right) => this.#compareStamped(left, right));
  }

  /** A total order over lines by their bytes, the same from either side. */
  compareTexts(left: number, right: number): number {
    return left === right ? 0 : this.#text(left).compare(this.#text(right)) || left - right;
  }

  /** True when the run holds a line that neither the base nor the other side has. */
  #adds(run: Int32Array, other: FileName): boolean {
    const { lines } = this.#slots;
    return run.some((slot) => (lines.base[slot] ?? -1) < 0 && (lines[other][slot] ?? -1) < 0);
  }

  /** Gives each slot of the run its place in time; false when no line has a stamp. */
  #followStamps(run: Int32Array): boolean {
    let leader = -1;
    let stamp = Number.NEGATIVE_INFINITY;
    let distance = 0;
    for (const slot of run) {
      const own = this.#ownStamp(slot);
      if (!Number.isNaN(own)) {
        leader = slot;
        stamp = own;
        distance = 0;
      } else distance++;
      if (this.#distance[slot] !== -1 && !this.#isEarlier(stamp, leader, distance, slot)) continue;
      this.#stamp[slot] = stamp;
      this.#leader[slot] = leader;
      this.#distance[slot] = distance;
    }
    return leader >= 0;
  }

  #isEarlier(stamp: number, leader: number, distance: number, slot: number): boolean {
    const knownStamp = this.#stamp[slot] ?? 0;
    const knownLeader = this.#leader[slot] ?? -1;
    if (stamp !== knownStamp) return stamp < knownStamp;
    if (leader !== knownLeader) return this.#compareLeaders(leader, knownLeader) < 0;
    return distance < (this.#distance[slot] ?? 0);
  }

  #compareStamped(left: number, right: number): number {
    const leftStamp = this.#stamp[left] ?? 0;
    const rightStamp = this.#stamp[right] ?? 0;
    if (leftStamp !== rightStamp) return leftStamp < rightStamp ? -1 : 1;
    return (
      this.#compareLeaders(this.#leader[left] ?? -1, this.#leader[right] ?? -1) ||
      (this.#distance[left] ?? 0) - (this.#distance[right] ?? 0) ||
      this.compareTexts(left, right)
    );
  }

  #compareLeaders(left: number, right: number): number {
    if (left === right) return 0;
    if (left < 0 || right < 0) return left - right;
    const [leftFile, rightFile] = [this.#file(left), this.#file(right)];
    const leftKey = lineKey(this.#tables[leftFile], this.#line(left, leftFile));
    const rightKey = lineKey(this.#tables[rightFile], this.#line(right, rightFile));
    return leftKey.compare(rightKey) || this.compareTexts(left, right);
  }

  #ownStamp(slot: number): number {
    const file = this.#file(slot);
    return this.#tables[file].stamps[this.#line(slot, file)] ?? Number.NaN;
  }

  #text(slot: number): Buffer {
    const file = this.#file(slot);
    return lineBytes(this.#tables[file], this.#line(slot, file));
  }

  #line(slot: number, file: FileName): number {
    return this.#slots.lines[file][slot] ?? 0;
  }

  /** The version that speaks for a slot. In a conflict that is the side with the lesser text, whichever it is. */
  #file(slot: number): FileName {
    const decided = this.#outcome[slot];
    if (decided === outcome.ours) return "ours";
    if (decided === outcome.theirs) return "theirs";
    const ours = lineBytes(this.#tables.ours, this.#line(slot, "ours"));
    return ours.compare(lineBytes(this.#tables.theirs, this.#line(slot, "theirs"))) < 0 ? "ours" : "theirs";
  }
}
