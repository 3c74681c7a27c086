import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import pg from "pg";
import { Redis } from "ioredis";
import { waitUntil } from "./support.ts";

/** A real server of the test's own on a free loopback port. */
export interface TestServer {
  readonly url: string;
  /** Cuts every client's connection, once. */
  readonly cut: () => Promise<void>;
  /** Ends it without warning and brings it up again on the same port, as a crash does; returns when it answers. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** `undefined` (with the reason) where the server is not installed; with `GOT_REQUIRE_SERVICES=1` that is an error. */
export type Started = TestServer | { readonly missing: string };

export async function startRedis(): Promise<Started> {
  const program = findProgram("redis-server", ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]);
  if (program === undefined) return missing("redis-server is not installed");
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-redis-"));
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    folder,
  ];
  const run = (): ChildProcess =>
    spawn(program, args, { stdio: "ignore", env: { PATH: process.env["PATH"] } });
  let child = run();
  const url = `redis://127.0.0.1:${port}`;
  const admin = new Redis(url, { retryStrategy: () => 50 });
  admin.on("error", () => {});
  const answers = (): Promise<void> =>
    waitUntil(() =>
      admin.ping().then(
        () => true,
        () => false,
      ),
    );
  await answers();
  return {
    url,
    cut: async () => {
      await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    },
    crash: async () => {
      await stopProcess(child, "SIGKILL");
      child = run();
      await answers();
    },
    stop: async () => {
      admin.disconnect();
      await stopProcess(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startPostgres(): Promise<Started> {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  const folders = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin`);
  const initdb = findProgram("initdb", [...folders, "/usr/local/bin", "/opt/homebrew/bin"]);
  if (initdb === undefined) return missing("PostgreSQL is not installed (no initdb)");
  // The server refuses to run as root.
  const user: { uid?: number; gid?: number } | undefined =
    process.getuid?.() === 0 ? (idsOf("postgres") ?? idsOf("nobody")) : {};
  if (user === undefined) return missing("there is no user but root to run PostgreSQL as");
  const folder = mkdtempSync(path.join(os.tmpdir(), "got-postgres-"));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" } };
  const data = path.join(folder, "data");
  const made = spawnSync(initdb, ["-D", data, "-A", "trust", "-U", "got", "--no-sync", "-E", "UTF8"], {
    ...options,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400"];
  const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const run = (): ChildProcess =>
    spawn(path.join(path.dirname(initdb), "postgres"), args, { ...options, stdio: "ignore" });
  let child = run();
  const url = `postgres://got@127.0.0.1:${port}/postgres`;
  const query = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  const answers = (): Promise<void> =>
    waitUntil(() =>
      query("SELECT 1").then(
        () => true,
        () => false,
      ),
    );
  await answers();
  return {
    url,
    cut: () =>
      query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
      ),
    crash: async () => {
      await stopProcess(child, "SIGKILL");
      // Left behind by the crash; the new server refuses to start beside a process with that number.
      rmSync(path.join(data, "postmaster.pid"), { force: true });
      child = run();
      await answers();
    },
    stop: async () => {
      await stopProcess(child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function missing(reason: string): Started {
  if (process.env["GOT_REQUIRE_SERVICES"] === "1") throw new Error(reason);
  return { missing: reason };
}

function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ["-u", "-g"].map((option) => spawnSync("id", [option, user], { encoding: "utf8" }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve(address.port);
      });
    });
  });
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}
