import type { Choice, OpenConflict } from "../merge/merge-result.ts";
import type { FileReport } from "../resolve/resolve.ts";
import { conflictKey, jsonText } from "../resolve/wish.ts";
import type { Terminal } from "./terminal.ts";
import { conflictText } from "./views/resolve.ts";

const help =
  "o ours, t theirs, l the side that was updated later, e enter a value, s skip, q quit: decide nothing more";

/**
 * Goes through the conflicts one by one, as `git add -p` does.
 *
 * @param say shows what a question is about.
 * @returns the answers, by `conflictKey`.
 */
export async function askConflicts(
  files: readonly FileReport[],
  { ask }: Pick<Terminal, "ask">,
  say: (text: string) => void,
): Promise<ReadonlyMap<string, Choice>> {
  const answers = new Map<string, Choice>();
  for (const file of files) {
    for (const conflict of file.open) {
      say(conflictText(file.path, conflict));
      const answer = await askOne(conflict, file, ask, say);
      if (answer === "quit") return answers;
      if (answer !== "skip") answers.set(conflictKey(conflict), answer);
    }
  }
  return answers;
}

async function askOne(
  conflict: OpenConflict,
  { kind }: FileReport,
  ask: Terminal["ask"],
  say: (text: string) => void,
): Promise<Choice | "skip" | "quit"> {
  // The place of a whole file has nothing that could be entered.
  const canEnter = conflict.at !== "";
  for (;;) {
    const word = await ask(`Decide [o,t,l,${canEnter ? "e," : ""}s,q,?]? `);
    switch (word === null ? "q" : word.trim().toLowerCase()) {
      case "o":
        return "ours";
      case "t":
        return "theirs";
      case "l":
        if (conflict.newer !== null) return conflict.newer;
        say("Neither side says that it was updated later.");
        break;
      case "e": {
        const value = canEnter ? await ask("Value (JSON, or text): ") : null;
        if (value !== null) return { text: kind === "log" ? value : jsonText(value) };
        break;
      }
      case "s":
        return "skip";
      case "q":
        return "quit";
      default:
        say(help);
    }
  }
}
