import type { Place } from "./checklist.ts";

interface Link {
  previous: string | null;
  next: string | null;
}

/** Ids in an order in which each can be put anywhere at once: a list of links, which can have no cycles and loses nobody. */
export interface ItemOrder {
  /** Puts an id, new or not, to a place; to the end when the one that it names is unknown. Beside itself is where it is. */
  readonly put: (id: string, place: Place) => void;
  readonly ids: () => IterableIterator<string>;
}

export function createItemOrder(): ItemOrder {
  const links = new Map<string, Link>();
  let first: string | null = null;
  let last: string | null = null;

  const join = (left: string | null, right: string | null): void => {
    const [before, behind] = [linkOf(left), linkOf(right)];
    if (before === undefined) first = right;
    else before.next = right;
    if (behind === undefined) last = left;
    else behind.previous = left;
  };
  const linkOf = (id: string | null): Link | undefined => (id === null ? undefined : links.get(id));

  /** What stands on the left of a place. */
  const leftOf = (place: Place): string | null => {
    switch (place.kind) {
      case "first":
        return null;
      case "last":
        return last;
      case "after":
        return links.has(place.item) ? place.item : last;
      case "before": {
        const link = links.get(place.item);
        return link === undefined ? last : link.previous;
      }
    }
  };

  return {
    put: (id, place) => {
      if ((place.kind === "after" || place.kind === "before") && place.item === id && links.has(id)) return;
      const old = links.get(id);
      if (old !== undefined) {
        join(old.previous, old.next);
        links.delete(id);
      }
      const left = leftOf(place);
      const right = left === null ? first : (linkOf(left)?.next ?? null);
      links.set(id, { previous: left, next: right });
      join(left, id);
      join(id, right);
    },
    ids: function* () {
      for (let at = first; at !== null; at = linkOf(at)?.next ?? null) yield at;
    },
  };
}
