import fc from "fast-check";
import type { Test } from "tap";

/** Checks a fast-check property; prints the seed, so that a failure can be run again with `GOT_SEED`. */
export function checkProperty<T extends unknown[]>(
  t: Test,
  name: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  predicate: (...values: T) => boolean | void,
  runs = 300,
): void {
  const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`${name}: seed ${seed}`);
  fc.assert(
    fc.property(fc.tuple<T>(...arbitraries), (values) => predicate(...values)),
    { seed, numRuns: runs },
  );
  t.pass(name);
}
