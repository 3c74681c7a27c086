import { mergeSnapshot } from "../src/merge/merge-snapshot.ts";
import { fromWholeFiles } from "../src/merge/merge-sources.ts";
import { runDriver } from "./run-driver.ts";

export const merge = fromWholeFiles(mergeSnapshot);

runDriver("snapshot", merge);
