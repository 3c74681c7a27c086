import { Redis } from "ioredis";
import { lockLimits } from "../lock-limits.ts";
import type { LockServer } from "../server/lock-server.ts";
import { createRedisServer } from "./redis-server.ts";

/** Connects to Redis. Loaded only when it is asked for: ioredis is an optional package. */
export function openRedis(url: string): LockServer {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: lockLimits.serverAnswerMs,
    commandTimeout: lockLimits.serverAnswerMs,
    // Every operation can be sent again, and the caller does so: nothing may wait in line for a dead server.
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(1_000, 20 * times),
  });
  // Without a listener an error that no command is waiting for would end the process; the next command reports it.
  redis.on("error", () => {});
  return createRedisServer(redis);
}
