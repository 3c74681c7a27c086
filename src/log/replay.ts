import { compareEvents } from "../model/event.ts";
import { IdSet } from "./id-set.ts";
import { compareIdentity, identify, type InputIdentity } from "./input-identity.ts";
import { wholeBytes } from "./judge-file.ts";
import { type FileInput, listInputs } from "./list-inputs.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem, Position } from "./log.ts";
import { EventReader } from "./read-events.ts";
import type { Reducer, Replayed } from "./reducer.ts";
import { sliceInput } from "./slice-input.ts";
import { readStateFile, stateFile, type StateSnapshot, writeStateFile } from "./state-file.ts";

export interface ReplayPlace {
  readonly workTree: string;
  readonly commonDir: string;
  readonly now: () => number;
  readonly onProblem: (problem: LogProblem) => void;
}

/** Folds the events of some files into a state. */
export function replayInputs<State>(
  inputs: readonly LogInput[],
  reducer: Reducer<State>,
  options: {
    readonly until?: Position | undefined;
    readonly onProblem: (problem: LogProblem) => void;
    readonly ids?: IdSet;
  },
): Replayed<State> {
  const reader = new EventReader(inputs, options);
  try {
    let state = reducer.initial();
    let events = 0;
    let through: Replayed<State>["through"] = null;
    for (let event = reader.next(); event !== null; event = reader.next()) {
      options.ids?.add(event.id);
      state = reducer.apply(state, event);
      through = event;
      events++;
    }
    return {
      state,
      events,
      through: through === null ? null : { ts: through.ts, id: through.id },
      read: events,
    };
  } finally {
    reader.close();
  }
}

/**
 * Folds the events of a work tree's log into a state, from the newest snapshot where that gives the same: every file that it covers
 * is unchanged or has only grown, and all that is new comes later and has ids of its own. Else from the beginning.
 */
export function replay<State>(
  place: ReplayPlace,
  reducer: Reducer<State>,
  until: Position | undefined,
): Replayed<State> {
  const { onProblem } = place;
  const snapshot = readStateFile(fileOf(place, reducer));
  if (snapshot !== null) {
    const replayed = replayFrom(place, reducer, snapshot, until);
    if (replayed !== null) return replayed;
  }
  return replayInputs(listInputs(place.workTree, onProblem), reducer, { until, onProblem });
}

/** Replays everything and keeps the state, so that the next replay reads only what is new. */
export function takeSnapshot<State>(place: ReplayPlace, reducer: Reducer<State>): Replayed<State> {
  const takenMs = Date.parse(new Date(place.now()).toISOString());
  const inputs = listInputs(place.workTree, place.onProblem);
  const identities: [string, InputIdentity][] = [];
  const covered: FileInput[] = [];
  let totalBytes = 0;
  for (const input of inputs) {
    const size = input.kind === "archive" ? input.size : sizeOfWholeLines(input);
    const identity = identify(input, size);
    if (identity === null) continue;
    identities.push([input.name, identity]);
    covered.push(input.kind === "archive" ? input : sliceInput(input, 0, size));
    // Archives are compressed about that much.
    totalBytes += input.kind === "archive" ? size * 10 : size;
  }
  const ids = IdSet.forBytes(totalBytes);
  const replayed = replayInputs(covered, reducer, { onProblem: place.onProblem, ids });
  writeStateFile(fileOf(place, reducer), {
    reducer: reducer.name,
    reducerVersion: reducer.version,
    workTree: place.workTree,
    takenMs,
    events: replayed.events,
    through: replayed.through,
    inputs: Object.fromEntries(identities),
    state: reducer.encode === undefined ? replayed.state : reducer.encode(replayed.state),
    ids: ids.bits,
  });
  return replayed;
}

/** Null when the snapshot can't be used. */
function replayFrom<State>(
  place: ReplayPlace,
  reducer: Reducer<State>,
  snapshot: StateSnapshot,
  until: Position | undefined,
): Replayed<State> | null {
  const { through } = snapshot;
  if (snapshot.workTree !== place.workTree || through === null) return null;
  if (until !== undefined && compareEvents(through, { ts: until.ts, id: until.id ?? lastId }) > 0)
    return null;
  // What is wrong with the old lines was reported when the snapshot was taken.
  const news = newInputs(place.workTree, snapshot);
  if (news === null) return null;
  const ids = new IdSet(snapshot.ids);
  const problems: LogProblem[] = [];
  const reader = new EventReader(news, { until, onProblem: (problem) => problems.push(problem) });
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the same version of the reducer has put there
    let state = reducer.decode === undefined ? (snapshot.state as State) : reducer.decode(snapshot.state);
    let read = 0;
    let last = through;
    for (let event = reader.next(); event !== null; event = reader.next()) {
      if (read === 0 && compareEvents(event, through) <= 0) return null;
      if (ids.mayHave(event.id)) return null;
      state = reducer.apply(state, event);
      last = { ts: event.ts, id: event.id };
      read++;
    }
    // Lines of a file's new part are counted from there: better no number than a wrong one.
    for (const problem of problems) {
      const isPart = Object.hasOwn(snapshot.inputs, problem.file);
      place.onProblem(isPart ? { ...problem, line: null } : problem);
    }
    return { state, events: snapshot.events + read, through: last, read };
  } finally {
    reader.close();
  }
}

/** Sorts behind every id. */
const lastId = "\uFFFF".repeat(8);

/** What has come since the snapshot; null when something that it covers is gone or different. */
function newInputs(workTree: string, snapshot: StateSnapshot): readonly LogInput[] | null {
  const inputs = new Map(listInputs(workTree, () => {}).map((input) => [input.name, input]));
  const news: LogInput[] = [];
  for (const [name, identity] of Object.entries(snapshot.inputs)) {
    const input = inputs.get(name);
    if (input === undefined) return null;
    inputs.delete(name);
    switch (compareIdentity(input, identity, snapshot.takenMs)) {
      case "same":
        break;
      case "grown":
        if (input.kind === "archive") return null;
        news.push(sliceInput(input, identity.size, input.size));
        break;
      case "different":
        return null;
    }
  }
  return [...news, ...inputs.values()];
}

function sizeOfWholeLines(input: FileInput): number {
  const file = input.open();
  try {
    return wholeBytes(file);
  } finally {
    file.close();
  }
}

function fileOf<State>(place: ReplayPlace, reducer: Reducer<State>): string {
  const { commonDir, workTree } = place;
  return stateFile({ commonDir, workTree, reducer: reducer.name, version: reducer.version });
}
