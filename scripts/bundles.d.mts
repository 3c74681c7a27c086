import type { BuildOptions } from "esbuild";

export interface Bundle {
  readonly name: string;
  /** From the top of the package, as is `outfile`. */
  readonly entry: string;
  readonly outfile: string;
  /** The greatest size of the minified bundle. */
  readonly maxBytes: number;
}
export const bundles: readonly Bundle[];
export function bundleOptions(bundle: Bundle): BuildOptions & { metafile: true };
