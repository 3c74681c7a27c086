import { kill, pid } from "node:process";
import { type StoreFiles, systemStoreFiles } from "../../src/store/store-files.ts";

/** Steps that change something on the disk; reading is no place to die at. */
const steps: ReadonlySet<string> = new Set([
  "open",
  "write",
  "truncate",
  "sync",
  "syncNow",
  "rename",
  "link",
  "remove",
  "makeDirectory",
  "syncDirectory",
]);

/**
 * The system's files, but the process kills itself (SIGKILL) at its step number `at`, counted from 1: before it, or after half of
 * it where it is a write.
 */
export function crashingFiles(at: number): { readonly files: StoreFiles; readonly count: () => number } {
  let count = 0;
  const files = new Proxy(systemStoreFiles, {
    get: (target, name, receiver) => {
      const step: unknown = Reflect.get(target, name, receiver);
      if (typeof step !== "function" || typeof name !== "string" || !steps.has(name)) return step;
      return (...args: unknown[]): unknown => {
        count++;
        if (count === at) {
          if (name === "write") {
            const [descriptor, bytes] = args as [number, Uint8Array];
            target.write(descriptor, bytes.subarray(0, bytes.length >> 1));
          }
          kill(pid, "SIGKILL");
        }
        return (step as (...given: unknown[]) => unknown)(...args);
      };
    },
  });
  return { files, count: () => count };
}
