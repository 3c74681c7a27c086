import { hostname } from "node:os";
import process from "node:process";
import { createLocks } from "../../src/lock/create-locks.ts";
import { createMemoryBackend } from "../../src/lock/memory/memory-backend.ts";
import { lockContract } from "./lock-contract.ts";

const self = { pid: process.pid, host: hostname() };
const backend = createMemoryBackend(self);

lockContract({
  name: "memory",
  open: async () => createLocks({ backend, process: self }),
  workers: undefined,
  leases: false,
  dispose: async () => {},
});
