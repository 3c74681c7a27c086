import { serverContract } from "./lock/server-contract.ts";
import { startPostgres } from "./lock/servers.ts";

await serverContract("postgres", startPostgres);
