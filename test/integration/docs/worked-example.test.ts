import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { outputsOf, scriptOf, shownCommands } from "../../support/console.ts";
import { docsFolder } from "../../support/doc-examples.ts";
import { createSandbox } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const main = path.resolve(import.meta.dirname, "../../../dist/cli/main.js");

/** What differs from run to run, by its order of appearance: ids, commits, times, who was first in a race. */
function normalizer(home: string): (output: string) => string {
  const names = new Map<string, string>();
  const named = (kind: string) => (found: string) => {
    if (!names.has(found)) names.set(found, `<${kind} ${names.size}>`);
    return names.get(found) ?? found;
  };
  return (output) =>
    output
      .replaceAll(home, "/home/ada")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      // Who loses a race tries once more.
      .replaceAll(/(?<=^\(2 of )\d+(?=\)$)/gm, "<tries>")
      .replaceAll(/\btx-\w+-\w+/g, named("transaction"))
      .replaceAll(/\bT-(?!login\b)\w+/g, named("task"))
      .replaceAll(/(?<=\[[ x]\] )\w+/g, named("item"))
      .replaceAll(/\b[0-9a-f]{10}\b/g, named("commit"))
      .replaceAll(/(?<=^<task \d+> (?:is| P\d {2}claimed by) )\w+(?='s now| {2})/gm, "<agent>");
}

await t.test("the worked example comes out as it is written", async (t) => {
  const shown = shownCommands(readFileSync(path.join(docsFolder, "worked-example.md"), "utf8"));
  const bin = path.join(sandbox.root, "bin");
  const home = path.join(sandbox.root, "home");
  for (const folder of [bin, home]) mkdirSync(folder);
  const command = path.join(bin, "got-hooks");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(command, 0o755);
  const mark = "-- end of one command --";
  const script = scriptOf(
    shown.map((one) => one.command),
    mark,
  );
  const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  const outputs = outputsOf(sandbox.run(home, "sh", ["-c", script], { env }).stdout, mark);
  t.equal(outputs.length, shown.length);
  const [expected, actual] = [normalizer(home), normalizer(home)];
  for (const [index, one] of shown.entries())
    t.equal(actual(outputs[index] ?? ""), expected(one.output), one.command);
  const claims = outputs.find((output) => output.includes("is ada's now: ")) ?? "";
  t.strictSame(
    [...claims.matchAll(/is (\w+)'s now/g)].map(([, agent = ""]) => agent).sort(),
    ["ada", "bob", "eve"],
    "each of the three has a task of its own",
  );
});
