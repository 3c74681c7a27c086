import { mergeEntity } from "../src/merge/merge-entity.ts";
import { fromWholeFiles } from "../src/merge/merge-sources.ts";
import { runDriver } from "./run-driver.ts";

export const merge = fromWholeFiles(mergeEntity);

runDriver("entity", merge);
