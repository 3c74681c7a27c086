import type { Entry } from "./saved-entry.ts";

/** One change of the file system or of the repository's configuration. Steps are idempotent: a repeated one does nothing. */
export type Step =
  | {
      /** Makes `path` be `to`; directories on the way are made. */
      readonly kind: "write";
      readonly path: string;
      readonly from: Entry;
      readonly to: Entry;
    }
  | {
      /** Moves the hook at `path` to `chained`, mode and all, and puts `stub` in its place without a gap. */
      readonly kind: "chain";
      readonly path: string;
      readonly chained: string;
      readonly stub: Entry;
    }
  | {
      /** Puts the hook at `chained` back to `path`, without a gap. */
      readonly kind: "unchain";
      readonly path: string;
      readonly chained: string;
    }
  | {
      /** Gives a key of the repository's own configuration these values, none to remove it. */
      readonly kind: "config";
      readonly key: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
    }
  | {
      /** Removes a directory if nothing is left in it. */
      readonly kind: "remove-directory";
      readonly path: string;
    };

/** How planning looks at the world: reading only. */
export interface View {
  readonly read: (path: string) => Entry;
  /** The values of a key in the repository's own configuration. */
  readonly config: (key: string) => readonly string[];
}
