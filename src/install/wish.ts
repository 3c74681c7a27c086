import type { Tier } from "./install-record.ts";

/** What an installation wants to be true; planning compares it with what is. All paths are absolute. */
export type Wish =
  | { readonly kind: "whole"; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly kind: "seed"; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | {
      readonly kind: "block";
      readonly path: string;
      readonly mode: number;
      readonly lines: readonly string[];
    }
  | { readonly kind: "first-line"; readonly path: string; readonly mode: number; readonly line: string }
  | {
      /** A guarded line at the start of each of these commands, members of the object at `at` in a JSON file. */
      readonly kind: "json-lines";
      readonly path: string;
      readonly at: readonly string[];
      readonly lines: Readonly<Record<string, string>>;
    }
  | {
      /** A file of somebody else's tool that is missing; once there it is theirs, and uninstall leaves it. */
      readonly kind: "gift";
      readonly path: string;
      readonly mode: number;
      readonly content: Uint8Array;
    }
  | {
      /** Our stub under a hook's name; what stands there is moved to `chained`. */
      readonly kind: "stub";
      readonly path: string;
      readonly chained: string;
      readonly mode: number;
      readonly content: Uint8Array;
    }
  | { readonly kind: "config"; readonly key: string; readonly values: readonly string[] };

/** Everything that one installation wants, and what the user should know about it. */
export interface Wishes {
  readonly tier: Tier;
  readonly list: readonly Wish[];
  /** A hooks directory outside of the repository that other repositories use as well. */
  readonly sharedHooks?: string;
  /** Sentences: what could not be had, and what to do about it. */
  readonly notes: readonly string[];
}
