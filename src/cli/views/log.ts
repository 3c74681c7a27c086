import type { Rewrites } from "../../log/rewrites.ts";
import type { LogEvent } from "../../model/event.ts";
import { cell, eventSentence } from "./event-sentence.ts";

interface LogTableOptions {
  readonly color: boolean;
  /** What has become of commits, as far as it is known when a line is made. */
  readonly rewrites: Pick<Rewrites, "replacementOf">;
}

const columnMax = 24;

/** Events as lines of a table: when, who, in which worktree, what. Columns grow with what they have to hold. */
export class LogTable {
  readonly #options: LogTableOptions;
  #agentWidth = 6;
  #worktreeWidth = 4;

  constructor(options: LogTableOptions) {
    this.#options = options;
  }

  /** Makes the columns wide enough for all of these. */
  fit(events: readonly LogEvent[]): void {
    for (const event of events) {
      this.#agentWidth = Math.max(this.#agentWidth, cell(event.agent, columnMax).length);
      this.#worktreeWidth = Math.max(this.#worktreeWidth, worktreeOf(event).length);
    }
  }

  lines(events: readonly LogEvent[]): string[] {
    this.fit(events);
    return events.map((event) => this.line(event));
  }

  line(event: LogEvent): string {
    this.fit([event]);
    const replacement = this.#options.rewrites.replacementOf(event);
    const time = `${event.ts.slice(0, 10)} ${event.ts.slice(11, 19)}Z`;
    const agent = cell(event.agent, columnMax).padEnd(this.#agentWidth);
    const worktree = worktreeOf(event).padEnd(this.#worktreeWidth);
    const sentence = eventSentence(event);
    const isSynced = event["source"] === "sync" ? " (found by sync)" : "";
    const becameText = replacement === null ? "" : ` (rewritten to ${cell(replacement, 7, "")})`;
    if (!this.#options.color) {
      return `${time}  ${agent}  ${worktree}  ${sentence}${isSynced}${becameText}`.trimEnd().concat("\n");
    }
    const text = replacement === null ? sentence : `${struck}${sentence}${notStruck}`;
    const [open, close] = agentColor(event.agent);
    return `${dim}${time}${plain}  ${open}${agent}${close}  ${dim}${worktree}${plain}  ${text}${dim}${isSynced}${becameText}${plain}\n`;
  }

  moreLine(shown: number): string {
    const text = `(the newest ${shown}; --limit 0 shows all)`;
    return this.#options.color ? `${dim}${text}${plain}\n` : `${text}\n`;
  }
}

const dim = "\u001B[2m";
const plain = "\u001B[22m";
const struck = "\u001B[9m";
const notStruck = "\u001B[29m";
const agentColors = [31, 32, 33, 34, 35, 36];

/** The same agent has the same colour each time. */
function agentColor(agent: string): readonly [string, string] {
  let sum = 0;
  for (let at = 0; at < agent.length; at++) sum = (sum * 31 + agent.charCodeAt(at)) % 65_521;
  return [`\u001B[${agentColors[sum % agentColors.length]}m`, "\u001B[39m"];
}

function worktreeOf(event: LogEvent): string {
  const worktree = event["worktree"];
  return typeof worktree === "string" ? cell(worktree, columnMax) : "-";
}
