import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transformSync } from "esbuild";
import t from "tap";
import { type Example, examplesOf, statedOutput } from "../../support/doc-examples.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const sandbox = createSandbox();
t.teardown(sandbox.dispose);
// The package under its public name, as a project that depends on it has it: the built files, nothing of src.
const modules = path.join(sandbox.root, "node_modules");
mkdirSync(path.join(modules, "@types"), { recursive: true });
symlinkSync(root, path.join(modules, "got-hooks"));
symlinkSync(path.join(root, "node_modules", "@types", "node"), path.join(modules, "@types", "node"));

const examples = examplesOf("ts");
const nameOf = ({ file, line }: Example): string => `${path.basename(file, ".md")}-${line}`;

await t.test("the examples use the types of the package rightly", async (t) => {
  const folder = path.join(sandbox.root, "types");
  mkdirSync(folder);
  for (const example of examples) writeFileSync(path.join(folder, `${nameOf(example)}.mts`), example.code);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2023",
    skipLibCheck: false,
    types: ["node"],
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.mts"] }));
  // What tap preloads into every Node cannot be loaded into the compiler.
  const tsc = ["-u", "NODE_OPTIONS", path.join(root, "node_modules", ".bin", "tsc")];
  const checked = spawnSync("env", [...tsc, "-p", folder], { encoding: "utf8", env: sandbox.env });
  t.equal(`${checked.stdout}${checked.stderr}`, "");
  t.equal(checked.status, 0);
});

t.ok(
  examples.some(({ file }) => file === "api.md"),
  "there are examples",
);
for (const example of examples) {
  await t.test(`docs/${example.file}, line ${example.line}, prints what it says`, async (t) => {
    const { dir } = createRepository(sandbox, nameOf(example));
    const { code } = transformSync(example.code, { loader: "ts", format: "esm" });
    const script = path.join(sandbox.root, `${nameOf(example)}.mjs`);
    writeFileSync(script, code);
    const env = { GOT_AGENT: "ada", GOT_SESSION: "20261121-030405-1a2b3c4d", NO_COLOR: "1" };
    const run = sandbox.run(dir, process.execPath, [script], { env });
    t.strictSame({ ...run }, { status: 0, stdout: statedOutput(example.code), stderr: "" });
    t.not(run.stdout, "", "an example shows something");
  });
}
