import { writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { activity } from "../../../src/log/activity.ts";
import { createLogFolder, eventLine } from "../../support/log.ts";

await t.test(
  "what was replayed has been seen: the next event is later, whatever the clocks say",
  async (t) => {
    const folder = createLogFolder(t);
    const log = folder.open();
    log.append({ event: "first" });
    folder.open({ session: "ahead", now: () => Date.UTC(2026, 10, 21) + 5000 }).append({ event: "ahead" });
    // As a process that had read the clock before does it.
    writeFileSync(path.join(folder.commonDir, "got", "clock"), `${Date.UTC(2026, 10, 21)}\n`);
    const { through } = log.replay(activity);
    t.equal(through?.ts, "2026-11-21T00:00:05.000Z");
    t.equal(log.append({ event: "answer" }).ts, "2026-11-21T00:00:05.001Z");
  },
);

await t.test("an event that is more than a day ahead is not followed", async (t) => {
  const folder = createLogFolder(t);
  folder.write("events/far.jsonl", eventLine("far", 3 * 24 * 60 * 60 * 1000));
  const log = folder.open();
  t.equal(log.replay(activity).through?.id, "far");
  t.match(log.append({ event: "now" }).ts, /^2026-11-21T/);
});
