import { createInterface } from "node:readline";

/** A terminal with somebody at it. What is asked goes to stderr, as results go to stdout. */
export interface Terminal {
  /** The line that is typed; null when there will be none. */
  readonly ask: (question: string) => Promise<string | null>;
  readonly close: () => void;
}

/** One reader for all questions: lines that were typed ahead are answers to those that come. */
export function openTerminal(): Terminal {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const lines = terminal[Symbol.asyncIterator]();
  return {
    ask: async (question) => {
      process.stderr.write(question);
      const next = await lines.next();
      return next.done === true ? null : next.value;
    },
    close: () => terminal.close(),
  };
}
