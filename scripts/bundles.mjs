// The programs that git starts, and how each is bundled. Shared by the build and by the architecture test.
export const bundles = [
  {
    name: "got-merge",
    entry: "drivers/got-merge.ts",
    outfile: "dist/drivers/got-merge.cjs",
    maxBytes: 60_000,
  },
  {
    name: "check-data",
    entry: "hooks/check-data.ts",
    outfile: "dist/hooks/check-data.cjs",
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
  };
}
