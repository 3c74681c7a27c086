import { existsSync, type FSWatcher, watch as watchFolder } from "node:fs";
import path from "node:path";
import type { LogEvent } from "../model/event.ts";
import { listInputs } from "./list-inputs.ts";
import type { LogInput } from "./log-input.ts";
import type { LogProblem } from "./log.ts";
import { readEvents } from "./read-events.ts";

/** How long a change may go unnoticed where the system does not tell (network file systems, a folder not there yet). */
const lookEveryMs = 1000;

/**
 * Yields the events that come into a work tree's log from now on, until the signal; each look's in total order. An event that
 * a merge brings in is new here, however old it is. Remembers every id.
 */
export async function* watchLog(
  workTree: string,
  options: { readonly signal: AbortSignal; readonly onProblem: (problem: LogProblem) => void },
): AsyncGenerator<LogEvent, void, void> {
  const { signal, onProblem } = options;
  const known = new Set<string>();
  const looked = new Map<string, string>();
  const changedInputs = (): readonly LogInput[] =>
    listInputs(workTree, onProblem).filter((input) => {
      const state = `${input.size} ${input.changedMs}`;
      const isChanged = looked.get(input.name) !== state;
      looked.set(input.name, state);
      return isChanged;
    });
  for (const { id } of readEvents(changedInputs(), { onProblem })) known.add(id);
  const bell = new Bell(path.join(workTree, ".got", "events"), signal);
  try {
    while (!signal.aborted) {
      for (const event of readEvents(changedInputs(), { onProblem: () => {} })) {
        if (known.has(event.id)) continue;
        known.add(event.id);
        yield event;
      }
      await bell.wait();
    }
  } finally {
    bell.close();
  }
}

/** Rings when something changes in a folder, when time is up, or at the end. */
class Bell {
  readonly #directory: string;
  readonly #signal: AbortSignal;
  #watcher: FSWatcher | null = null;
  #rang = false;
  #wake: () => void = () => {};

  constructor(directory: string, signal: AbortSignal) {
    this.#directory = directory;
    this.#signal = signal;
    signal.addEventListener("abort", this.#ring);
    this.#open();
  }

  async wait(): Promise<void> {
    if (this.#watcher === null) this.#open();
    if (!this.#rang && !this.#signal.aborted) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, lookEveryMs);
      });
      clearTimeout(timer);
    }
    this.#rang = false;
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#ring);
    this.#watcher?.close();
    this.#watcher = null;
  }

  readonly #ring = (): void => {
    this.#rang = true;
    this.#wake();
  };

  #open(): void {
    if (!existsSync(this.#directory)) return;
    try {
      this.#watcher = watchFolder(this.#directory, this.#ring);
      this.#watcher.on("error", () => {
        this.#watcher?.close();
        this.#watcher = null;
      });
    } catch {
      // No watches left: the timer looks instead.
    }
  }
}
