/** One operation on one exclusive lock, with the monotonic times (nanoseconds) at which it was called and had returned. */
export type HistoryEntry =
  | { readonly op: "acquire"; readonly token: number; readonly startNs: bigint; readonly endNs: bigint }
  | {
      readonly op: "release";
      readonly token: number;
      readonly startNs: bigint;
      readonly endNs: bigint;
      readonly outcome: "released" | "lost";
    }
  /** The holder was killed; it may have died at any time after `startNs`. */
  | { readonly op: "kill"; readonly token: number; readonly startNs: bigint };

/**
 * Checks that a history of one exclusive lock is linearizable: every operation can be given one instant between its call and
 * its return such that grants follow each other in token order and each begins after the one before was given back, killed or
 * fenced off. Tokens fix the order, so the earliest possible instants decide the question exactly. `leases` allows a grant to
 * follow one that was never given back, as a lease that ran out is. Returns complaints.
 */
export function checkHistory(
  entries: readonly HistoryEntry[],
  options: { readonly leases?: boolean } = {},
): string[] {
  const complaints: string[] = [];
  const grants = new Map<number, Extract<HistoryEntry, { op: "acquire" }>>();
  const endings = new Map<number, Exclude<HistoryEntry, { op: "acquire" }>>();
  for (const entry of entries) {
    if (entry.op === "acquire") {
      if (grants.has(entry.token)) complaints.push(`token ${entry.token} was granted twice`);
      grants.set(entry.token, entry);
    } else endings.set(entry.token, entry);
  }
  const tokens = [...grants.keys()].sort((a, b) => a - b);
  let freeNs = 0n;
  for (const [index, token] of tokens.entries()) {
    const grant = grants.get(token);
    if (grant === undefined) continue;
    const atNs = grant.startNs > freeNs ? grant.startNs : freeNs;
    if (atNs > grant.endNs) {
      complaints.push(
        `token ${token} was granted ${(atNs - grant.endNs) / 1000n} µs before the holder before it was done`,
      );
    }
    const ending = endings.get(token);
    const isLast = index === tokens.length - 1;
    if (ending === undefined || (ending.op === "release" && ending.outcome === "lost")) {
      if (options.leases !== true && !isLast)
        complaints.push(`token ${token} was passed over while its holder lived`);
      freeNs = atNs;
    } else {
      freeNs = ending.startNs > atNs ? ending.startNs : atNs;
      if (ending.op === "release" && freeNs > ending.endNs)
        complaints.push(`token ${token} was released before it was granted`);
    }
  }
  return complaints;
}
