import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import t from "tap";
import { createCoordinate, createLocks, openBackend, parseConfig } from "../../src/index.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "got-index-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const self = { pid: process.pid, host: os.hostname() };

await t.test(
  "the library opens locks, and coordinates by the configuration's critical resources",
  async (t) => {
    const parsed = parseConfig('{"locks":{"critical":["release/**"]}}');
    if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
    const backend = await openBackend({ url: "file", locksDirectory: path.join(folder, "locks"), ...self });
    const locks = createLocks({ backend, process: self });
    t.teardown(() => locks.close());
    const coordinate = createCoordinate({ locks, critical: parsed.config.locks.critical });
    const how = async (resource: string): Promise<unknown> =>
      await coordinate(resource, async ({ kind }) => ({ kind: "done", value: kind }));
    t.match(await how("release/1/notes"), { kind: "done", value: "pessimistic" });
    t.match(await how("other"), { kind: "done", value: "optimistic" });
    t.match(await locks.list(), [{ resource: "release/1/notes", token: 1, holders: [] }]);
  },
);
