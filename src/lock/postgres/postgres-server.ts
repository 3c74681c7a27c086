import type { Pool } from "pg";
import { GotError } from "../../base/errors.ts";
import type { LockServer, Taken } from "../server/lock-server.ts";
import { isObject, isoOf, readHolders } from "../server/server-holders.ts";
import { isWait } from "../wait-shape.ts";
import { schemaSql, schemaVersion } from "./postgres-schema.ts";

/** Locks in PostgreSQL: one function call per operation, each its own transaction, so that any pooler will do. */
export function createPostgresServer(pool: Pool): LockServer {
  let prepared: Promise<void> | undefined;

  const ask = async (
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Record<string, unknown>[]> => {
    prepared ??= prepareSchema(pool);
    try {
      await prepared;
    } catch (error) {
      // Asked for again at the next question: the server may only have been starting.
      prepared = undefined;
      throw error;
    }
    const { rows } = await pool.query<Record<string, unknown>>(sql, [...values]);
    return rows;
  };
  const askOne = async (sql: string, values: readonly unknown[]): Promise<unknown> =>
    (await ask(sql, values))[0]?.["answer"];

  return {
    take: async ({ resource, id, mode, leaseMs, holder, fair }): Promise<Taken> => {
      const values = [resource, id, mode, Math.round(leaseMs), JSON.stringify(holder), fair];
      const answer = await askOne("SELECT got_locks.take($1, $2, $3, $4, $5, $6) AS answer", values);
      if (!isObject(answer)) throw new GotError("INTERNAL", "got_locks.take gave no answer");
      if (typeof answer["granted"] === "number") {
        return { kind: "granted", token: answer["granted"], since: isoOf(answer["sinceMs"]) };
      }
      return {
        kind: "busy",
        holders: readHolders(answer["holders"]),
        holdsGate: answer["holdsGate"] === true,
        ahead: Number(answer["ahead"]),
      };
    },
    renew: async (resource, id, leaseMs) =>
      (await askOne("SELECT got_locks.renew($1, $2, $3) AS answer", [resource, id, Math.round(leaseMs)])) ===
      true,
    release: async (resource, id) =>
      (await askOne("SELECT got_locks.release($1, $2) AS answer", [resource, id])) === true,
    withdraw: async (resource, id) => void (await ask("SELECT got_locks.withdraw($1, $2)", [resource, id])),
    break: async (resource) => {
      const answer = await askOne("SELECT got_locks.break($1) AS answer", [resource]);
      if (!isObject(answer) || typeof answer["token"] !== "number") return undefined;
      return { token: answer["token"], holders: readHolders(answer["holders"]) };
    },
    list: async () => {
      const rows = await ask(`
        SELECT resource, token, (SELECT coalesce(jsonb_agg(value), '[]') FROM jsonb_each(got_locks.living(holders, got_locks.now_ms()))) AS holders
        FROM got_locks.state ORDER BY resource COLLATE "C"`);
      return rows.map((row) => ({
        resource: String(row["resource"]),
        token: Number(row["token"]),
        holders: readHolders(row["holders"]),
      }));
    },
    publishWait: async (wait, forMs) => {
      await ask(
        `INSERT INTO got_locks.wait VALUES ($1, clock_timestamp() + $2 * interval '1 ms', $3)
         ON CONFLICT (party) DO UPDATE SET until = excluded.until, wait = excluded.wait`,
        [wait.party, forMs, JSON.stringify(wait)],
      );
    },
    removeWait: async (party) =>
      void (await ask("DELETE FROM got_locks.wait WHERE party = $1 OR until < clock_timestamp()", [party])),
    listWaits: async () => {
      const rows = await ask("SELECT wait FROM got_locks.wait WHERE until > clock_timestamp()");
      return rows.map((row) => row["wait"]).filter(isWait);
    },
    close: () => pool.end(),
  };
}

/** Makes what is missing, once per database, whoever comes first. */
async function prepareSchema(pool: Pool): Promise<void> {
  const found = await pool.query<{ present: boolean }>(
    "SELECT to_regclass('got_locks.version') IS NOT NULL AS present",
  );
  if (found.rows[0]?.present === true) {
    const versions = await pool.query<{ version: number }>(
      "SELECT max(version) AS version FROM got_locks.version",
    );
    const version = versions.rows[0]?.version ?? 0;
    if (version === schemaVersion) return;
    if (version > schemaVersion) {
      throw new GotError(
        "LOCK_UNAVAILABLE",
        `The database's locks are of version ${version}, newer than this got-hooks`,
        {
          facts: { version, supported: schemaVersion },
          hint: "Update got-hooks.",
        },
      );
    }
  }
  // Several statements without parameters are one transaction, so the advisory lock covers them all.
  await pool.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('got-locks schema', 0)); ${schemaSql}
     INSERT INTO got_locks.version VALUES (${schemaVersion}) ON CONFLICT DO NOTHING;`,
  );
}
