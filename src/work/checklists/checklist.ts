/** Who did something, and when. */
export interface Mark {
  readonly by: string;
  /** The event's stamp: ISO-8601 in UTC. */
  readonly at: string;
}

/** An item as a list has it. */
export interface ChecklistItem {
  readonly id: string;
  readonly text: string;
  readonly added: Mark;
  /** Who marked it done first since it was last open; null while it is open. */
  readonly done: Mark | null;
}

/** An item as people are shown it. */
export interface ShownItem extends ChecklistItem {
  /** Its place, counted from 1. */
  readonly number: number;
  /** As much of its id as no other item of the list begins with. */
  readonly shortId: string;
}

export interface Checklist {
  /** The reference that it belongs to: `checklist:release`, `task:T-1`. */
  readonly list: string;
  /** In their order. */
  readonly items: readonly ShownItem[];
  readonly done: number;
}

/** Where an item goes. Of several that go to one place the one that comes last in the order of events stands nearest to it. */
export type Place =
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "after"; readonly item: string }
  | { readonly kind: "before"; readonly item: string };
