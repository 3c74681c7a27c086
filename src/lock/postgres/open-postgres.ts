import pg from "pg";
import { lockLimits } from "../lock-limits.ts";
import type { LockServer } from "../server/lock-server.ts";
import { createPostgresServer } from "./postgres-server.ts";

/** Connections of one process. In-process waiters wait in front of them, so that a few are enough. */
const connections = 4;

/** Connects to PostgreSQL. Loaded only when it is asked for: pg is an optional package. */
export function openPostgres(url: string): LockServer {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: lockLimits.serverAnswerMs,
    query_timeout: lockLimits.serverAnswerMs,
    application_name: "got-hooks locks",
    allowExitOnIdle: true,
  });
  // An idle connection that the server ended is replaced at the next question.
  pool.on("error", () => {});
  return createPostgresServer(pool);
}
