import type { LogEvent } from "../model/event.ts";
import type { Reducer } from "./reducer.ts";

/** What happened so far, in numbers, and what is known of each entity. */
export interface Activity {
  readonly byEvent: Map<string, number>;
  readonly byAgent: Map<string, number>;
  /** Newest `entity.*` event of each entity, by its reference (`task:T-1`). */
  readonly entities: Map<string, EntityActivity>;
}

export interface EntityActivity {
  readonly event: string;
  readonly ts: string;
  readonly agent: string;
  /** As the event says it; null when it does not. */
  readonly version: number | null;
}

/** The built-in reducer, behind `got-hooks event replay`. */
export const activity: Reducer<Activity> = {
  name: "activity",
  version: 1,
  initial: () => ({ byEvent: new Map(), byAgent: new Map(), entities: new Map() }),
  apply: (state, event) => {
    state.byEvent.set(event.event, (state.byEvent.get(event.event) ?? 0) + 1);
    state.byAgent.set(event.agent, (state.byAgent.get(event.agent) ?? 0) + 1);
    const reference = referenceOf(event);
    if (reference !== null) {
      const { ts, agent } = event;
      const version = typeof event["version"] === "number" ? event["version"] : null;
      state.entities.set(reference, { event: event.event, ts, agent, version });
    }
    return state;
  },
  encode: ({ byEvent, byAgent, entities }) => [[...byEvent], [...byAgent], [...entities]],
  decode: (value) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `encode` has made
    const [byEvent, byAgent, entities] = value as [
      [string, number][],
      [string, number][],
      [string, EntityActivity][],
    ];
    return { byEvent: new Map(byEvent), byAgent: new Map(byAgent), entities: new Map(entities) };
  },
};

function referenceOf(event: LogEvent): string | null {
  if (!event.event.startsWith("entity.")) return null;
  const reference = event["ref"] ?? event["entity"];
  return typeof reference === "string" ? reference : null;
}
