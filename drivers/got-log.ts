import { mergeLog } from "../src/merge/merge-log.ts";
import { type MergeSources, withRecordKey } from "../src/merge/merge-sources.ts";
import { runDriver } from "./run-driver.ts";
import { beginWithBase } from "./write-log.ts";

export const merge: MergeSources = (sources, options) => mergeLog(sources, withRecordKey(options));

runDriver("log", merge, beginWithBase);
