// The programs that git starts, and how each is bundled. Shared by the build and by the architecture test.
export const bundles = [
  ...["log", "table", "entity", "snapshot", "ahead", "run"].map((name) => ({
    name: `got-${name}`,
    entry: `drivers/got-${name}.ts`,
    outfile: `dist/drivers/got-${name}.cjs`,
    maxBytes: 60_000,
  })),
  {
    name: "check-data",
    entry: "hooks/check-data.ts",
    outfile: "dist/hooks/check-data.cjs",
    maxBytes: 60_000,
  },
  {
    name: "uninstall",
    entry: "src/cli/uninstall-program.ts",
    outfile: "dist/install/uninstall.cjs",
    maxBytes: 60_000,
  },
];

/** esbuild options for one bundle; the target is the oldest Node we support. */
export function bundleOptions(bundle) {
  return {
    entryPoints: [bundle.entry],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    metafile: true,
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "warning",
    ...(bundle.entry.startsWith("drivers/")
      ? { alias: { "jsonc-parser": "./scripts/jsonc-visit.mjs" } }
      : {}),
  };
}
