/**
 * What a driver loads only when it works ahead or clears up: loading it costs, and most calls need neither.
 * The drivers load it, and each other, through load-sibling.ts.
 */
export { pruneMemo } from "./ahead/prune-memo.ts";
export { workAhead } from "./ahead/work-ahead.ts";
