import type { LogEvent } from "../model/event.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem, Position } from "./log.ts";
import { EventReader } from "./read-events.ts";
import { Ring } from "./ring.ts";

export interface NewestOptions {
  /** How many events are wanted; at least 1. */
  readonly count: number;
  readonly since?: Position | undefined;
  readonly until?: Position | undefined;
  readonly matches: (event: LogEvent) => boolean;
  /** Told of every event that was read, whether it matches or not; of the last ones, more than once. */
  readonly onEvent: (event: LogEvent) => void;
  readonly onProblem: (problem: LogProblem) => void;
}

/** What was found, the newest last. */
export interface NewestEvents {
  readonly events: readonly LogEvent[];
  /** False when there may be older ones that match. */
  readonly isAll: boolean;
}

/** How many times as many lines are parsed, at least and at most, when too few of the newest matched. */
const growthMin = 2;
const growthMax = 32;

/**
 * Finds the newest events that match. Only so many of the newest lines are parsed as that takes, within a factor; the
 * others are gone through for their stamps.
 */
export function newestEvents(inputs: readonly LogInput[], options: NewestOptions): NewestEvents {
  for (let newest = options.count * 2; ;) {
    const kept = new Ring<LogEvent>(options.count);
    const problems: LogProblem[] = [];
    const { since, until } = options;
    const reader = new EventReader(inputs, {
      since,
      until,
      newest,
      onProblem: (problem) => problems.push(problem),
    });
    try {
      for (let event = reader.next(); event !== null; event = reader.next()) {
        options.onEvent(event);
        if (options.matches(event)) kept.push(event);
      }
    } finally {
      reader.close();
    }
    if (kept.pushed < options.count && reader.isCut) {
      // Half as many again as would do if all had as many matches among them.
      const wanted = (1.5 * options.count) / Math.max(1, kept.pushed);
      newest = Math.ceil(newest * Math.min(growthMax, Math.max(growthMin, wanted)));
      continue;
    }
    for (const problem of problems) options.onProblem(problem);
    return { events: kept.all(), isAll: !reader.isCut && kept.pushed <= options.count };
  }
}
