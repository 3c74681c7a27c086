import type { LogMergeOptions } from "../../../src/merge/merge-log.ts";

/** Options of every log merge in the tests: git's defaults. */
export const mergeOptions: LogMergeOptions = {
  path: ".got/events/20261121-030405-1a2b3c4d.jsonl",
  policy: { types: new Map(), paths: [] },
  markerSize: 7,
  labels: { base: "base", ours: "ours", theirs: "theirs" },
};
