import { mergeTable } from "../src/merge/merge-table.ts";
import { fromWholeFiles } from "../src/merge/merge-sources.ts";
import { runDriver } from "./run-driver.ts";

export const merge = fromWholeFiles(mergeTable);

runDriver("table", merge);
