import type { LogEvent } from "../model/event.ts";

/** How often one commit may have been rewritten before we stop following it. */
const followedSteps = 1000;

/**
 * Which commits were replaced by which, as `git.rewrite` events tell (from the hooks, or from `got-hooks sync`). Derived
 * when it is read: events never change, and a rewritten commit can come back.
 */
export class Rewrites {
  readonly #next = new Map<string, string>();

  /** Takes note of what an event says; to be called in the order of events. */
  see(event: LogEvent): void {
    if (event.event !== "git.rewrite" || !Array.isArray(event["commits"])) return;
    for (const pair of event["commits"]) {
      if (!Array.isArray(pair)) continue;
      const [from, to]: readonly unknown[] = pair;
      if (typeof from !== "string" || typeof to !== "string" || from === to) continue;
      this.#next.set(from, to);
      // Rewritten back to what it was (a rebase undone by another): it counts again.
      this.#next.delete(to);
    }
  }

  /** What a commit has become in the end; null when it was not rewritten. */
  newOf(oid: string): string | null {
    let at = this.#next.get(oid) ?? null;
    for (let count = 0; at !== null && count < followedSteps; count++) {
      const next: string | undefined = this.#next.get(at);
      if (next === undefined) break;
      at = next;
    }
    return at;
  }

  /** The commit that an event is about and that has been replaced since, and by what. */
  replacementOf(event: LogEvent): string | null {
    const commit = event["commit"];
    if (event.event !== "git.commit" && event.event !== "git.merge") return null;
    return typeof commit === "string" ? this.newOf(commit) : null;
  }

  /** Pairs of what was and what it has become. */
  pairs(): readonly (readonly [string, string])[] {
    return [...this.#next.keys()].flatMap((from) => {
      const to = this.newOf(from);
      return to === null ? [] : [[from, to] as const];
    });
  }
}
