import { serverContract } from "./lock/server-contract.ts";
import { startRedis } from "./lock/servers.ts";

await serverContract("redis", startRedis);
