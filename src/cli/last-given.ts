/**
 * The value of an option that takes one: where a command also takes lists, one that is given twice arrives as a list (see
 * parse-command-line.ts), and the last one counts.
 */
export function lastGiven<Value>(given: Value | readonly Value[] | undefined): Value | undefined {
  return isList(given) ? given.at(-1) : given;
}

function isList<Value>(given: Value | readonly Value[] | undefined): given is readonly Value[] {
  return Array.isArray(given);
}
