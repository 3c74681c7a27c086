export { createLocks } from "../../src/lock/create-locks.ts";
export { createFileBackend } from "../../src/lock/file/file-backend.ts";
export { createModeQueue } from "../../src/lock/in-process/mode-queue.ts";
export { createMemoryBackend } from "../../src/lock/memory/memory-backend.ts";
