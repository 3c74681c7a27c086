/** How contended each resource was lately: a weighted share of attempts that met somebody, between 0 and 1. */
export interface ContentionGauge {
  readonly note: (resource: string, met: boolean) => void;
  /** Whether locking is cheaper than trying: turns on above one share and off only below a much lower one. */
  readonly isHot: (resource: string) => boolean;
}

/** Weight of the newest attempt: about the last ten decide. */
const newestWeight = 0.2;
/** Above this share of failures an optimistic attempt costs more than waiting for the lock. */
const hotAbove = 0.5;
/** Far below, so that a resource does not change its mind at every attempt. */
const coldBelow = 0.1;
/** Resources remembered; the one that was longest unused makes room. */
const remembered = 10_000;

export function createContentionGauge(): ContentionGauge {
  const gauges = new Map<string, { share: number; hot: boolean }>();
  return {
    note: (resource, met) => {
      const { share, hot } = gauges.get(resource) ?? { share: 0, hot: false };
      const next = share + newestWeight * ((met ? 1 : 0) - share);
      // Set anew, so that the order of the map is the order of use.
      gauges.delete(resource);
      if (gauges.size >= remembered) gauges.delete(gauges.keys().next().value ?? "");
      gauges.set(resource, { share: next, hot: hot ? next >= coldBelow : next > hotAbove });
    },
    isHot: (resource) => gauges.get(resource)?.hot === true,
  };
}
