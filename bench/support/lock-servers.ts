import { hostname } from "node:os";
import { Redis } from "ioredis";
import pg from "pg";
import { createLocks } from "../../src/lock/create-locks.ts";
import { openBackend } from "../../src/lock/open-backend.ts";
import { startPostgres, startRedis, type Started } from "../../test/contract/lock/servers.ts";
import { compare } from "./compare.ts";
import type { Row } from "./row.ts";

const batch = 200;

/** Acquire and release on a real server, over one round trip to it; no rows where the server is not installed. */
export async function serverRows(): Promise<readonly Row[]> {
  return [...(await redisRow(await startRedis())), ...(await postgresRow(await startPostgres()))];
}

async function redisRow(server: Started): Promise<readonly Row[]> {
  if ("missing" in server) return [];
  const client = new Redis(server.url);
  try {
    return [await serverRow("Redis lock", "PING", server.url, () => client.ping())];
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function postgresRow(server: Started): Promise<readonly Row[]> {
  if ("missing" in server) return [];
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  try {
    return [await serverRow("PostgreSQL lock", "SELECT 1", server.url, () => pool.query("SELECT 1"))];
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function serverRow(
  what: string,
  question: string,
  url: string,
  ask: () => Promise<unknown>,
): Promise<Row> {
  const self = { pid: process.pid, host: hostname() };
  const locks = createLocks({
    backend: await openBackend({ url, locksDirectory: "", ...self }),
    process: self,
  });
  try {
    return await compare({
      what: `${what}, acquire + release`,
      baseline: {
        name: `one round trip (${question})`,
        run: async () => {
          for (let round = 0; round < batch; round += 1) await ask();
        },
      },
      candidate: {
        run: async () => {
          for (let round = 0; round < batch; round += 1) {
            const outcome = await locks.acquire("bench");
            if (outcome.kind !== "granted") throw new Error(`not granted: ${outcome.kind}`);
            await outcome.grant.release();
          }
        },
      },
      rounds: 11,
      bar: 3,
      note: `${batch} times each, on loopback`,
    });
  } finally {
    await locks.close();
  }
}
