import { setTimeout as pause } from "node:timers/promises";

/** Waits until the condition holds, looking every 10 ms; throws, naming it, after `boundMs`. */
export async function waitFor(what: string, holds: () => boolean, boundMs = 20_000): Promise<void> {
  const end = Date.now() + boundMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${boundMs} ms in vain for ${what}`);
    await pause(10);
  }
}
