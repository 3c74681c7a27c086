import type { Context } from "./context.ts";

const quietMs = 1_000;
const intervalMs = 5_000;

/** Reports on stderr how far long work has come: nothing in the first second, then now and then. */
export function progress(
  context: Pick<Context, "note">,
  what: string,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  let nextMs = now() + quietMs;
  return (done, total) => {
    if (now() < nextMs || done >= total) return;
    nextMs = now() + intervalMs;
    context.note(`got-hooks: ${done} of ${total} ${what}`);
  };
}
