import type { Attempt, Backend, Claim, Wait } from "../backend.ts";
import type { HolderInfo, LockState } from "../lock.ts";
import { createModeQueue } from "../in-process/mode-queue.ts";
import { systemTiming, type Timing } from "../timing.ts";

/** Who the process is, for the holders it shows. */
export interface MemoryBackendOptions {
  readonly pid: number;
  readonly host: string;
  readonly timing?: Timing;
}

interface Slot {
  token: number;
  readonly held: Set<HeldSlot>;
}

interface HeldSlot {
  readonly info: HolderInfo;
  lost: (() => void) | undefined;
}

/**
 * Locks between the async contexts of one process: the same guarantees as the others, nothing on disk. A grant never expires,
 * because nothing that could let it expire survives the process.
 */
export function createMemoryBackend(options: MemoryBackendOptions): Backend {
  const timing = options.timing ?? systemTiming;
  const slots = new Map<string, Slot>();
  const waits = new Set<Wait>();

  /** Whoever asks stands inside the queue already. */
  const attempt = (claim: Claim): Attempt => {
    const slot = slotOf(slots, claim.resource);
    slot.token += 1;
    const since = timing.now().toISOString();
    const info: HolderInfo = {
      agent: claim.holder.agent,
      session: claim.holder.session,
      what: claim.holder.what,
      host: options.host,
      pid: options.pid,
      mode: claim.mode,
      token: slot.token,
      since,
      state: "alive",
    };
    const held: HeldSlot = { info, lost: undefined };
    slot.held.add(held);
    return {
      kind: "granted",
      hold: {
        token: slot.token,
        since,
        onLost: (listener) => {
          held.lost = listener;
        },
        release: async () => (slot.held.delete(held) ? "released" : "lost"),
      },
    };
  };

  const list = (): LockState[] =>
    [...slots]
      .map(([resource, slot]) => ({
        resource,
        token: slot.token,
        holders: [...slot.held].map(({ info }) => info),
      }))
      .sort((a, b) => (a.resource < b.resource ? -1 : 1));

  return {
    name: "memory",
    queue: createModeQueue(),
    contend: (claim) => ({ attempt: async () => attempt(claim), withdraw: async () => {} }),
    list: async () => list(),
    break: async (resource) => {
      const slot = slotOf(slots, resource);
      const holders = [...slot.held];
      if (holders.length === 0) return { kind: "notHeld", resource };
      slot.token += 1;
      slot.held.clear();
      for (const held of holders) held.lost?.();
      return { kind: "broken", resource, token: slot.token, holders: holders.map(({ info }) => info) };
    },
    waits: {
      publish: async (wait) => {
        waits.add(wait);
        return async () => void waits.delete(wait);
      },
      list: async () => [...waits],
    },
    close: async () => {},
  };
}

function slotOf(slots: Map<string, Slot>, resource: string): Slot {
  let slot = slots.get(resource);
  if (slot === undefined) {
    slot = { token: 0, held: new Set() };
    slots.set(resource, slot);
  }
  return slot;
}
