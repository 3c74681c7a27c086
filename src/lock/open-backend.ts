import { GotError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { createFileBackend } from "./file/file-backend.ts";
import { createMemoryBackend } from "./memory/memory-backend.ts";
import { createServerBackend } from "./server/server-backend.ts";

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
    case "redis":
    case "rediss": {
      const { openRedis } = await load("ioredis", () => import("./redis/open-redis.ts"));
      return createServerBackend({ name: "redis", server: openRedis(url), pid, host });
    }
    case "postgres":
    case "postgresql": {
      const { openPostgres } = await load("pg", () => import("./postgres/open-postgres.ts"));
      return createServerBackend({ name: "postgres", server: openPostgres(url), pid, host });
    }
    default:
      throw new GotError("USAGE", `${JSON.stringify(scheme)} is no kind of lock`, {
        facts: { scheme },
        hint: "Use file, memory, postgres://… or redis://…",
      });
  }
}

async function load<Module>(packageName: string, importModule: () => Promise<Module>): Promise<Module> {
  try {
    return await importModule();
  } catch (cause) {
    throw new GotError(
      "LOCK_UNAVAILABLE",
      `These locks need the package ${packageName}, which cannot be loaded`,
      {
        facts: { package: packageName },
        hint: `Install it beside got-hooks: npm install ${packageName}`,
        cause,
      },
    );
  }
}
