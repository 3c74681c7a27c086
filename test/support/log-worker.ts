// Appends to a log, 20,000 events or until it is killed, and notes in a file which appends have returned. Arguments: work tree, common directory,
// session, name of the agent, the file.
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { openLog } from "../../src/log/open-log.ts";

const [workTree = "", commonDir = "", session = "", agent = "", acknowledged = ""] = process.argv.slice(2);
const log = openLog({
  workTree,
  commonDir,
  session,
  agent,
  now: Date.now,
  randomHex: () => randomBytes(4).toString("hex"),
});
const most = 20_000;
for (let number = 0; number < most; number++) {
  const text = "x".repeat((number * 977) % 500);
  const { id } = log.append({ event: "work", number, text });
  appendFileSync(acknowledged, `${id}\n`);
}
