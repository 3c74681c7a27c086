import { builtinModules } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import t from "tap";
import { bundleOptions, bundles } from "../../scripts/bundles.mjs";

const root = path.resolve(import.meta.dirname, "..", "..");

/** What each program that git starts is made of: its npm packages, and nothing else. */
const packages: Readonly<Record<string, readonly string[]>> = {
  "got-log": ["jsonc-parser"],
  "got-table": ["jsonc-parser"],
  "got-entity": ["jsonc-parser"],
  "got-snapshot": ["fflate", "jsonc-parser"],
  "got-ahead": [],
  "got-run": [],
  "check-data": ["jsonc-parser"],
  uninstall: ["jsonc-parser"],
};

for (const bundle of bundles) {
  await t.test(
    `${bundle.name} holds only what it is meant to, in at most ${bundle.maxBytes} bytes`,
    async (t) => {
      const built = await build({
        ...bundleOptions(bundle),
        absWorkingDir: root,
        write: false,
        outfile: bundle.outfile,
      });
      const inputs = Object.keys(built.metafile?.inputs ?? {});
      t.ok(inputs.includes(bundle.entry), "the bundle was really made from its entry");
      t.same([...new Set(inputs.flatMap(packageName))].sort(), packages[bundle.name], "packages");
      const size = built.outputFiles?.[0]?.contents.length ?? Number.NaN;
      t.ok(size > 1000 && size <= bundle.maxBytes, `${size} bytes`);
      const external = Object.values(built.metafile?.outputs ?? {}).flatMap(({ imports }) =>
        imports.map((one) => one.path),
      );
      t.ok(external.length > 0, "it imports something of Node");
      t.same(
        external.filter((name) => !builtinModules.includes(name.replace(/^node:/, ""))),
        [],
        "all else is inside",
      );
    },
  );
}

await t.test("every bundle has its list of packages here", async (t) => {
  t.same(bundles.map(({ name }) => name).sort(), Object.keys(packages).sort());
});

function packageName(file: string): string[] {
  const match = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(file);
  return match?.[1] === undefined ? [] : [match[1]];
}
