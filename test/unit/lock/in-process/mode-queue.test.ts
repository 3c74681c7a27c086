import fc from "fast-check";
import t from "tap";
import { checkProperty } from "../../../support/property.ts";
import { createModeQueue, type Place } from "../../../../src/lock/in-process/mode-queue.ts";
import type { LockMode } from "../../../../src/lock/lock.ts";
import { areCompatible } from "../../../../src/lock/modes.ts";

const modes: readonly LockMode[] = ["exclusive", "shared", "intent-exclusive", "intent-shared"];

await t.test(
  "lets in by order of arrival, never two that do not fit, and leaves nobody standing",
  async (t) => {
    const step = fc.record({ enter: fc.boolean(), mode: fc.constantFrom(...modes), which: fc.nat(20) });
    checkProperty(t, "order and fit", [fc.array(step, { maxLength: 40 })], (steps) => {
      const queue = createModeQueue();
      const present: { mode: LockMode; place: Place }[] = [];
      for (const { enter, mode, which } of steps) {
        if (enter || present.length === 0) present.push({ mode, place: queue.enter("r", mode) });
        else present.splice(which % present.length, 1)[0]?.place.leave();
        const inside = present.filter(({ place }) => place.isInside());
        for (const [index, one] of inside.entries()) {
          if (inside.slice(index + 1).some((other) => !areCompatible(one.mode, other.mode))) return false;
        }
        // The first in line is kept out by somebody inside, and nobody has passed it.
        const first = present.findIndex(({ place }) => !place.isInside());
        if (first === -1) continue;
        const waiting = present[first];
        if (present.slice(first).some(({ place }) => place.isInside())) return false;
        if (waiting === undefined || inside.every((one) => areCompatible(one.mode, waiting.mode)))
          return false;
        if (!waiting.place.isFirst()) return false;
      }
      return true;
    });
  },
);

await t.test("wakes who waits, and leaving twice changes nothing", async (t) => {
  const queue = createModeQueue();
  const [one, two, three] = [
    queue.enter("r", "exclusive"),
    queue.enter("r", "exclusive"),
    queue.enter("r", "exclusive"),
  ];
  one.leave();
  await two.whenInside();
  one.leave();
  t.notOk(three.isInside());
  two.leave();
  await three.whenInside();
  t.ok(queue.enter("other", "exclusive").isInside(), "other resources are other doors");
});
