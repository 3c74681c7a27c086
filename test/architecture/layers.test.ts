import { existsSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { importsOf, readSources, type Sources } from "./import-graph.ts";
import { layerViolations } from "./layers.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
const sources = readSources(root, ["src", "drivers", "hooks"]);
const imports = importsOf(sources);

await t.test("sees the whole tree, and every import leads to a file that is there", async (t) => {
  t.ok(sources.size > 60, `${sources.size} files`);
  t.ok(imports.length > 2 * sources.size, `${imports.length} imports`);
  const missing = imports.filter(({ kind, to }) => kind === "file" && !existsSync(path.join(root, to)));
  t.same(missing, []);
});

await t.test("imports only from lower layers", async (t) => {
  t.same(layerViolations(imports), []);
});

await t.test("would find an import in each of its forms, and leaves comments alone", async (t) => {
  const planted = [
    'import { a } from "../cli/a.ts";',
    'import type { A } from "../cli/a.ts";',
    'import {\n  a,\n  b,\n} from "../cli/a.ts";',
    'export * from "../cli/a.ts";',
    'import "../cli/a.ts";',
    'const a = await import("../cli/a.ts");',
    'const a = require("../cli/a.ts");',
  ];
  for (const line of planted) t.equal(check({ "src/git/x.ts": line }).length, 1, line);
  t.same(check({ "src/git/x.ts": '/** import { a } from "../cli/a.ts"; */\n// import "../cli/a.ts"\n' }), []);
});

await t.test("would find what each layer must do without", async (t) => {
  for (const [file, line] of [
    ["src/base/x.ts", 'import { a } from "../model/a.ts";'],
    ["src/model/x.ts", 'import { a } from "../merge/a.ts";'],
    ["src/merge/x.ts", 'import { readFileSync } from "node:fs";'],
    ["src/merge/x.ts", 'import { spawnSync } from "node:child_process";'],
    ["src/install/x.ts", 'import { command } from "../cli/command.ts";'],
    ["src/install/x.ts", 'import { execa } from "execa";'],
    ["drivers/x.ts", 'import yargs from "yargs";'],
    ["drivers/x.ts", 'import { install } from "../src/install/install.ts";'],
    ["hooks/x.ts", 'import { simpleGit } from "simple-git";'],
    ["src/elsewhere/x.ts", 'import { a } from "../base/a.ts";'],
  ] as const) {
    t.equal(check({ [file]: line }).length, 1, `${file}: ${line}`);
  }
});

function check(files: Record<string, string>): string[] {
  const planted: Sources = new Map(Object.entries(files));
  return layerViolations(importsOf(planted));
}
