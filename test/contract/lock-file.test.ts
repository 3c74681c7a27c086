import { mkdtempSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { createLocks } from "../../src/lock/create-locks.ts";
import { createFileBackend } from "../../src/lock/file/file-backend.ts";
import { lockContract } from "./lock-contract.ts";

const directory = mkdtempSync(path.join(os.tmpdir(), "got-locks-"));

lockContract({
  name: "file",
  open: async () =>
    createLocks({
      backend: createFileBackend({ directory }),
      process: { pid: process.pid, host: hostname() },
    }),
  workers: { url: "file", locksDirectory: directory },
  leases: false,
  dispose: async () => rmSync(directory, { recursive: true, force: true }),
});
