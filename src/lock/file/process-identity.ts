import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { kill, pid as ownPid, platform } from "node:process";

/** What makes a process this one and no later one with its number. `-` where the system does not tell. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: field 22 of `/proc/<pid>/stat`. Elsewhere: `ps -o lstart=` in the C locale and UTC. */
  readonly start: string;
  /** Linux: the boot id. macOS: `kern.bootsessionuuid`. */
  readonly boot: string;
  /** Linux: inode number of the pid namespace. */
  readonly pidns: string;
  readonly host: string;
}

/** What the kernel says of a process number at this moment. */
export type ProcessFact =
  | { readonly kind: "gone" }
  | { readonly kind: "present"; readonly start: string; readonly state: string };

/** The kernel's knowledge about processes, handed in so that tests can play other hosts and boots. */
export interface ProcessTable {
  /** The identity of a process of this machine; of our own when no number is given. */
  readonly identify: (pid?: number) => ProcessIdentity;
  readonly look: (pid: number) => ProcessFact;
}

/** The process table of the system we run on. Facts that cannot change are read once. */
export function createProcessTable(): ProcessTable {
  const look = platform === "linux" ? lookInProc : lookWithPs;
  let machine: { boot: string; pidns: string; host: string } | undefined;
  let ownStart: string | undefined;
  const startOf = (pid: number): string => {
    const fact = look(pid);
    return fact.kind === "present" ? fact.start : "-";
  };
  const identify = (pid = ownPid): ProcessIdentity => {
    machine ??= { ...readMachine(), host: hostname() };
    const start = pid === ownPid ? (ownStart ??= startOf(pid)) : startOf(pid);
    return { pid, start, ...machine };
  };
  return { identify, look };
}

function readMachine(): { boot: string; pidns: string } {
  if (platform !== "linux") {
    const asked = spawnSync("sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8" });
    return { boot: asked.status === 0 ? asked.stdout.trim() || "-" : "-", pidns: "-" };
  }
  return {
    boot: orDash(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    // The link reads `pid:[4026531836]`; the number is the inode.
    pidns: orDash(() => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "-"),
  };
}

function lookInProc(pid: number): ProcessFact {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // No entry may also mean a hidden one (hidepid, no /proc at all): only the kernel's own "no such process" counts.
    return signalReaches(pid) ? { kind: "present", start: "-", state: "?" } : { kind: "gone" };
  }
  // The command's name stands in parentheses and may hold anything; state is the 3rd field, start time the 22nd.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { kind: "present", state: fields[0] ?? "?", start: fields[19] ?? "-" };
}

function lookWithPs(pid: number): ProcessFact {
  const asked = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: "/bin:/usr/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC0" },
  });
  const found = /^\s*(\S)\S*\s+(.+?)\s*$/.exec(asked.stdout ?? "");
  if (found === null)
    return signalReaches(pid) ? { kind: "present", start: "-", state: "?" } : { kind: "gone" };
  return { kind: "present", state: found[1] ?? "?", start: found[2] ?? "-" };
}

/** False only when the kernel knows no such process. */
function signalReaches(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function orDash(read: () => string): string {
  try {
    return read() || "-";
  } catch {
    return "-";
  }
}
