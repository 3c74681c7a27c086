import { GotError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { createFileBackend } from "./file/file-backend.ts";
import { createMemoryBackend } from "./memory/memory-backend.ts";

/**
 * Opens the adapter that `GOT_LOCKS` or the configuration names: `file` (or nothing), `memory`, `postgres://…`, `redis://…`.
 * The servers' clients are optional packages and are loaded only when asked for.
 *
 * @throws GotError USAGE for an unknown scheme; LOCK_UNAVAILABLE when the client's package is not installed.
 */
export async function openBackend(options: {
  readonly url: string | undefined;
  /** `<git-common-dir>/got/locks`. */
  readonly locksDirectory: string;
  readonly pid: number;
  readonly host: string;
}): Promise<Backend> {
  const { url = "", locksDirectory, pid, host } = options;
  const scheme = url.replace(/:.*/s, "");
  switch (scheme) {
    case "":
    case "file":
      return createFileBackend({ directory: locksDirectory });
    case "memory":
      return createMemoryBackend({ pid, host });
    default:
      throw new GotError("USAGE", `${JSON.stringify(scheme)} is no kind of lock`, {
        facts: { scheme },
        hint: "Use file, memory, postgres://… or redis://…",
      });
  }
}
