import type { LogEvent } from "../model/event.ts";

/** How events become a state. Must depend on the events alone, so that every clone comes to the same state. */
export interface Reducer<State> {
  /** Names its snapshots: lower-case letters, digits and dashes. */
  readonly name: string;
  /** Raise it whenever `apply` changes its mind: snapshots of another version are not used. */
  readonly version: number;
  readonly initial: () => State;
  /** May change `state` and return it. */
  readonly apply: (state: State, event: LogEvent) => State;
  /** For states that are not plain JSON. */
  readonly encode?: (state: State) => unknown;
  /** @throws anything for what `encode` has not made: the snapshot is then not used. */
  readonly decode?: (value: unknown) => State;
}

export interface Replayed<State> {
  readonly state: State;
  /** Events in the state. */
  readonly events: number;
  /** The last of them; null without any. */
  readonly through: { readonly ts: string; readonly id: string } | null;
  /** Events that had to be read; the others came with a snapshot. */
  readonly read: number;
}
