import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Wait } from "../backend.ts";
import { lockLimits } from "../lock-limits.ts";
import type { HolderInfo, LockState } from "../lock.ts";
import { type LockServer, placeMs, type Taken } from "../server/lock-server.ts";
import { isObject, isoOf, readHolders } from "../server/server-holders.ts";
import { isWait } from "../wait-shape.ts";
import {
  breakScript,
  releaseScript,
  renewScript,
  stateScript,
  takeScript,
  withdrawScript,
} from "./redis-scripts.ts";

const prefix = "got:lock";

/** Locks in Redis: one script per operation. The token's key never expires; everything else goes with its holders. */
export function createRedisServer(redis: Redis): LockServer {
  const run = createScriptRunner(redis);
  const ask = async (script: string, resource: string, ...args: (string | number)[]): Promise<unknown> =>
    run(script, keysOf(resource), args);
  const askList = async (
    script: string,
    resource: string,
    ...args: (string | number)[]
  ): Promise<readonly unknown[]> => {
    const answer = await ask(script, resource, ...args);
    return Array.isArray(answer) ? answer : [];
  };

  return {
    take: async ({ resource, id, mode, leaseMs, holder, fair }): Promise<Taken> => {
      const args = [id, mode, leaseMs, JSON.stringify(holder), fair ? 1 : 0, placeMs];
      const [kind, first, second, ...rest] = await askList(takeScript, resource, ...args);
      return kind === "granted"
        ? { kind, token: Number(first), since: isoOf(second) }
        : { kind: "busy", ahead: Number(first), holdsGate: second === 1, holders: readLines(rest) };
    },
    renew: async (resource, id, leaseMs) => (await ask(renewScript, resource, id, leaseMs)) === 1,
    release: async (resource, id) => (await ask(releaseScript, resource, id)) === 1,
    withdraw: async (resource, id) => void (await ask(withdrawScript, resource, id)),
    break: async (resource) => {
      const [token, ...holders] = await askList(breakScript, resource);
      return token === undefined ? undefined : { token: Number(token), holders: readLines(holders) };
    },
    list: async () => {
      const states: LockState[] = [];
      for (const resource of await resourcesOf(redis)) {
        const [token, ...holders] = await askList(stateScript, resource);
        states.push({ resource, token: Number(token), holders: readLines(holders) });
      }
      return states.sort((a, b) => (a.resource < b.resource ? -1 : 1));
    },
    publishWait: async (wait, forMs) =>
      void (await redis.set(`${prefix}:wait:${wait.party}`, JSON.stringify(wait), "PX", forMs)),
    removeWait: async (party) => void (await redis.del(`${prefix}:wait:${party}`)),
    listWaits: () => listWaits(redis),
    close: async () => redis.disconnect(),
  };
}

/** Reads holders as the scripts keep them. */
function readLines(lines: readonly unknown[]): readonly HolderInfo[] {
  return readHolders(
    lines.map((line) => {
      const found = /^\d+ (\d+) (\d+) (\S+) (.*)$/s.exec(String(line));
      if (found === null) return undefined;
      const [, sinceMs, token, mode, json = "{}"] = found;
      const rest: unknown = JSON.parse(json);
      return isObject(rest) ? { ...rest, sinceMs, token, mode } : undefined;
    }),
  );
}

/** Runs a script by its hash, and in full when the server does not know it yet. */
function createScriptRunner(
  redis: Redis,
): (script: string, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown> {
  const hashes = new Map<string, string>();
  return async (script, keys, args) => {
    let hash = hashes.get(script);
    if (hash === undefined) hashes.set(script, (hash = createHash("sha1").update(script).digest("hex")));
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await redis.eval(script, keys.length, ...keys, ...args);
    }
  };
}

/** The braces make a cluster keep one resource's keys together; a name may hold braces itself, hence the encoding. */
function keysOf(resource: string): readonly string[] {
  const tag = `${prefix}:{${encodeURIComponent(resource)}}`;
  return ["token", "holders", "gate", "queue", "places"].map((part) => `${tag}:${part}`);
}

async function resourcesOf(redis: Redis): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const key of await scan(redis, `${prefix}:{*}:token`)) {
    found.add(decodeURIComponent(key.slice(`${prefix}:{`.length, -"}:token".length)));
  }
  return [...found];
}

async function listWaits(redis: Redis): Promise<readonly Wait[]> {
  const keys = await scan(redis, `${prefix}:wait:*`);
  if (keys.length === 0) return [];
  const waits: Wait[] = [];
  for (const text of await redis.mget([...keys])) {
    const wait: unknown = text === null ? undefined : JSON.parse(text);
    if (isWait(wait)) waits.push(wait);
  }
  return waits;
}

async function scan(redis: Redis, pattern: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 1_000);
    keys.push(...found);
    cursor = next;
  } while (cursor !== "0" && keys.length < lockLimits.resourcesMeasured);
  return keys;
}
