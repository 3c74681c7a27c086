import { hostname } from "node:os";
import { Redis } from "ioredis";
import pg from "pg";
import { createLocks } from "../../src/lock/create-locks.ts";
import { openBackend } from "../../src/lock/open-backend.ts";
import { startPostgres, startRedis, type Started } from "../../test/contract/lock/servers.ts";
import { compare } from "./compare.ts";
import { openDelayedLink } from "./delayed-link.ts";
import type { Row } from "./row.ts";

/** Enough for code that is warm. */
const batch = 1_000;
/** One way, on the link that stands for a network between machines. */
const delayMs = 1;

/**
 * Acquire and release on a real server, over one round trip to it; no rows where the server is not installed. The bar is about how often the
 * network is crossed, so it is measured over a link with a delay; on loopback, where crossing costs nothing, the server's own work shows.
 */
export async function serverRows(): Promise<readonly Row[]> {
  return [
    ...(await rowsOf("Redis", await startRedis(), askRedis)),
    ...(await rowsOf("PostgreSQL", await startPostgres(), askPostgres)),
  ];
}

interface Asker {
  readonly question: string;
  readonly ask: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

async function rowsOf(name: string, server: Started, open: (url: string) => Asker): Promise<readonly Row[]> {
  if ("missing" in server) return [];
  const { port } = new URL(server.url);
  const link = await openDelayedLink(Number(port), delayMs);
  try {
    const near = await serverRow(`${name} lock on loopback`, server.url, open, { times: batch, bar: null });
    const far = server.url.replace(`:${port}`, `:${link.port}`);
    const network = `${name} lock over a network of ${2 * delayMs} ms`;
    return [near, await serverRow(network, far, open, { times: 20, bar: 3 })];
  } finally {
    await link.close();
    await server.stop();
  }
}

function askRedis(url: string): Asker {
  const client = new Redis(url);
  client.on("error", () => {});
  return { question: "PING", ask: () => client.ping(), close: async () => client.disconnect() };
}

function askPostgres(url: string): Asker {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on("error", () => {});
  return { question: "SELECT 1", ask: () => pool.query("SELECT 1"), close: () => pool.end() };
}

async function serverRow(
  what: string,
  url: string,
  open: (url: string) => Asker,
  { times, bar }: { readonly times: number; readonly bar: number | null },
): Promise<Row> {
  const { question, ask, close } = open(url);
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
          for (let round = 0; round < times; round += 1) await ask();
        },
      },
      candidate: {
        run: async () => {
          for (let round = 0; round < times; round += 1) {
            const outcome = await locks.acquire("bench");
            if (outcome.kind !== "granted") throw new Error(`not granted: ${outcome.kind}`);
            await outcome.grant.release();
          }
        },
      },
      rounds: 11,
      bar,
      note: `${times} times each${bar === null ? "; informs only" : ""}`,
    });
  } finally {
    await locks.close();
    await close();
  }
}
