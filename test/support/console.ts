/** A command of a document's ```console fences, and what stands below it as its output. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** The commands of a document's ```console fences, in order. A command is a line that begins with `$ `. */
export function shownCommands(text: string): readonly Shown[] {
  const shown: { command: string; output: string }[] = [];
  for (const [, fence = ""] of text.matchAll(/^```console\n([^]*?)^```$/gm)) {
    for (const line of fence.split("\n").slice(0, -1)) {
      if (line.startsWith("$ ")) shown.push({ command: line.slice(2), output: "" });
      else {
        const last = shown.at(-1);
        if (last === undefined) throw new Error(`output without a command: ${line}`);
        last.output += `${line}\n`;
      }
    }
  }
  return shown;
}

/** A script for one shell that runs the commands and tells their outputs, stderr included, apart; see {@link outputsOf}. */
export function scriptOf(commands: readonly string[], mark: string): string {
  return ["exec 2>&1", ...commands.map((command) => `${command}\necho "${mark}"`)].join("\n");
}

/** The output of each command of the script. */
export function outputsOf(stdout: string, mark: string): readonly string[] {
  return stdout.split(`${mark}\n`).slice(0, -1);
}
