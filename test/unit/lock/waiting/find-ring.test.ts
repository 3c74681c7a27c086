import fc from "fast-check";
import t from "tap";
import { checkProperty } from "../../../support/property.ts";
import type { Wait } from "../../../../src/lock/backend.ts";
import type { LockMode } from "../../../../src/lock/lock.ts";
import { findRing, victimOf } from "../../../../src/lock/waiting/find-ring.ts";

function wait(party: string, wants: string, holds: readonly string[], mode: LockMode = "exclusive"): Wait {
  return {
    party,
    agent: party,
    session: undefined,
    host: "here",
    pid: 1,
    wants: { resource: wants, mode },
    holds: holds.map((resource) => ({ resource, mode })),
  };
}
const partiesOf = (ring: readonly Wait[] | undefined): readonly string[] | undefined =>
  ring?.map(({ party }) => party);

await t.test("finds rings of any length, starting with the asker", async (t) => {
  const two = [wait("1", "b", ["a"]), wait("2", "a", ["b"])];
  t.strictSame(partiesOf(findRing(wait("1", "b", ["a"]), two)), ["1", "2"]);
  const many = Array.from({ length: 1_000 }, (_, index) =>
    wait(`p${index}`, `r${(index + 1) % 1_000}`, [`r${index}`]),
  );
  t.equal(findRing(wait("p0", "r1", ["r0"]), many)?.length, 1_000);
});

await t.test("finds none where there is none", async (t) => {
  const start = wait("1", "b", ["a"]);
  t.equal(findRing(start, []), undefined);
  t.equal(findRing(start, [start, wait("2", "c", ["b"]), wait("3", "d", ["c"])]), undefined, "a chain");
  t.equal(
    findRing(start, [wait("2", "c", ["b"]), wait("3", "b", ["c"])]),
    undefined,
    "a ring the asker only waits for",
  );
  t.equal(findRing(wait("1", "b", ["a"], "shared"), [wait("2", "a", ["b"], "shared")]), undefined, "readers");
});

await t.test("finds the ring behind a branch that leads nowhere", async (t) => {
  const waits = [wait("2", "x", ["b"]), wait("3", "a", ["b"]), wait("4", "y", ["x"])];
  t.strictSame(partiesOf(findRing(wait("1", "b", ["a"]), waits)), ["1", "3"]);
});

await t.test("every member of a ring names the same victim, and every reported ring is one", async (t) => {
  const arbitraryWaits = fc.array(fc.tuple(fc.nat(5), fc.uniqueArray(fc.nat(5), { maxLength: 2 })), {
    maxLength: 7,
  });
  checkProperty(t, "rings are rings", [arbitraryWaits], (drawn) => {
    const waits = drawn.map(([wants, holds], index) =>
      wait(
        `p${index}`,
        `r${wants}`,
        holds.map((hold) => `r${hold}`),
      ),
    );
    for (const start of waits) {
      const ring = findRing(start, waits);
      if (ring === undefined) continue;
      for (const [index, member] of ring.entries()) {
        const next = ring[(index + 1) % ring.length];
        if (next?.holds.some(({ resource }) => resource === member.wants.resource) !== true) return false;
      }
      const rotated = [...ring.slice(1), ...ring.slice(0, 1)];
      if (victimOf(ring)?.party !== victimOf(rotated)?.party) return false;
    }
    return true;
  });
});
