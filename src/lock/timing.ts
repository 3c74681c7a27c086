/** The clocks and the chance that waiting needs, handed in so that tests decide them. */
export interface Timing {
  /** Milliseconds of a clock that is never set back or forward. */
  readonly monotonicMs: () => number;
  /** The wall clock; only ever shown to people. */
  readonly now: () => Date;
  /** Resolves after `ms`, or as soon as `signal` fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const systemTiming: Timing = {
  monotonicMs: () => performance.now(),
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener("abort", wake, { once: true });
    }),
  random: () => Math.random(),
};
