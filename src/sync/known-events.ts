import type { LogEvent } from "../model/event.ts";

const commitId = /^git\.(?:commit|merge):([0-9a-f]{40,64})$/;

/** What the events that are there tell of commits and of their rewriting. */
export class KnownEvents {
  readonly #stampMs = new Map<string, number>();
  readonly #pairs = new Set<string>();
  readonly #made = new Set<string>();

  see(event: LogEvent): void {
    const oid = commitId.exec(event.id)?.[1];
    if (oid !== undefined) this.#stampMs.set(oid, Date.parse(event.ts));
    if (event.event !== "git.rewrite" || !Array.isArray(event["commits"])) return;
    for (const pair of event["commits"]) {
      if (!Array.isArray(pair)) continue;
      const [from, to]: readonly unknown[] = pair;
      if (typeof from === "string" && typeof to === "string") this.seePair(from, to);
    }
  }

  seePair(from: string, to: string): void {
    this.#pairs.add(`${from}:${to}`);
    this.#made.add(to);
  }

  /** When the event of a commit happened, in milliseconds; undefined without one. */
  stampOf(oid: string): number | undefined {
    return this.#stampMs.get(oid);
  }

  hasPair(from: string, to: string): boolean {
    return this.#pairs.has(`${from}:${to}`);
  }

  /** True when a commit is known to have taken another one's place. */
  isRewriting(oid: string): boolean {
    return this.#made.has(oid);
  }
}
