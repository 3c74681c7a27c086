// Writes docs/cli.md from the help of every command: npm run docs
import { writeFileSync } from "node:fs";
import path from "node:path";
import { commandTable } from "../src/cli/command-table.ts";
import { commandName } from "../src/cli/command.ts";
import { parseCommandLine } from "../src/cli/parse-command-line.ts";

/** The text of docs/cli.md. */
export async function cliReference(): Promise<string> {
  const sections = [`## got-hooks\n\n${await help([])}`];
  for (const entry of commandTable) {
    const name = commandName(entry.usage);
    sections.push(`## got-hooks ${name}\n\n${await help([name])}`);
    const loaded = await entry.load();
    if (loaded.kind === "command") continue;
    for (const { usage } of loaded.entries) {
      sections.push(
        `### got-hooks ${name} ${commandName(usage)}\n\n${await help([name, commandName(usage)])}`,
      );
    }
  }
  return `${introduction}\n${sections.join("\n")}`;
}

const introduction = `# The command line

Made from \`--help\` by \`npm run docs\`; don't edit it here.

Results go to stdout, commentary and trouble to stderr, trouble as one line that says what to do next.
\`--json\` prints \`{"version":1,"command":…,"data":…}\`, or \`{"version":1,"command":…,"error":{"code","message","hint","facts"}}\`.
\`NO_COLOR\` is honoured; nothing is coloured off a terminal. \`GOT_DEBUG=1\` adds the stack of an error.
Completions: \`got-hooks completion >> ~/.bashrc\` (zsh and fish likewise).
`;

async function help(words: readonly string[]): Promise<string> {
  const parsed = await parseCommandLine([...words, "--help"], words);
  if (parsed.kind !== "text") throw new Error(`${words.join(" ")} --help ran the command`);
  return `\`\`\`\n${parsed.text.replaceAll(/ +$/gm, "").trim()}\n\`\`\`\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(path.resolve(import.meta.dirname, "..", "docs", "cli.md"), await cliReference());
}
