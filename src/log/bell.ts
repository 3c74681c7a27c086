import { existsSync, type FSWatcher, watch as watchFolder } from "node:fs";

/** How long a change may go unnoticed where the system does not tell (network file systems, a folder not there yet). */
const lookEveryMs = 1000;

/** Rings when something changes in one of some folders, when time is up, or at the end. */
export class Bell {
  readonly #directories: () => readonly string[];
  readonly #signal: AbortSignal;
  readonly #watchers = new Map<string, FSWatcher>();
  #rang = false;
  #wake: () => void = () => {};

  /** @param directories asked again at each wait, so that folders may come and go. */
  constructor(directories: () => readonly string[], signal: AbortSignal) {
    this.#directories = directories;
    this.#signal = signal;
    signal.addEventListener("abort", this.#end);
    this.#open();
  }

  async wait(): Promise<void> {
    this.#open();
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
    this.#signal.removeEventListener("abort", this.#end);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  readonly #ring = (): void => {
    this.#rang = true;
    this.#wake();
  };

  /** Whoever waits goes on; who has stopped reading is not kept alive by what is watched for him. */
  readonly #end = (): void => {
    this.close();
    this.#ring();
  };

  #open(): void {
    if (this.#signal.aborted) return;
    const wanted = new Set(this.#directories());
    for (const directory of this.#watchers.keys()) if (!wanted.has(directory)) this.#drop(directory);
    for (const directory of wanted) {
      if (this.#watchers.has(directory) || !existsSync(directory)) continue;
      try {
        const watcher = watchFolder(directory, this.#ring);
        watcher.on("error", () => this.#drop(directory));
        this.#watchers.set(directory, watcher);
        // What came between the look and the watch is looked at once more.
        this.#rang = true;
      } catch {
        // No watches left: the timer looks instead.
      }
    }
  }

  #drop(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }
}
