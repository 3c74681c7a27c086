import type { Context } from "./context.ts";

const quietMs = 1000;

/** For work in steps: says on stderr what is being done, once the whole has taken longer than a second. */
export function slowSteps(context: Pick<Context, "note">): (step: string) => void {
  const startMs = performance.now();
  return (step) => {
    if (performance.now() - startMs > quietMs) context.note(`${step} …`);
  };
}
