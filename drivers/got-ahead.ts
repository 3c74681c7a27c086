/**
 * What a driver loads only from the second miss of one git process on: filling the memo needs hashing and git, and
 * loading those takes as long as a merge. Most git processes merge one file or none by driver.
 */
export { pruneMemo } from "./ahead/prune-memo.ts";
export { remember } from "./ahead/remember.ts";
