import { pickAny } from "../pick.ts";

/** One item of an object or array with the white space around it, as one version has it. */
export interface LaidItem {
  readonly before: string;
  readonly after: string;
  readonly isFirst: boolean;
  /** Whether its version sets it like its neighbours; false for one behind an empty line, say. */
  readonly isUsual: boolean;
}

/** The items of one version's container, as far as layout goes. */
export function laidItems(items: Laid["items"]): LaidItem[] {
  return items.map(({ before, after }, index) => ({
    before,
    after,
    isFirst: index === 0,
    isUsual: index === 0 || before === items[1]?.before,
  }));
}

/** The white space of one container, in one version. */
export interface Laid {
  readonly items: readonly { readonly before: string; readonly after: string; readonly colon?: string }[];
  readonly close: string;
}

/** How the merged container is laid out where no version says it. */
export interface Layout {
  readonly first: string;
  readonly rest: string;
  readonly close: string;
}

interface Three<T> {
  readonly base: T | undefined;
  readonly ours: T;
  readonly theirs: T;
}

/** Merges the white space habits of three versions of a container that will hold `count` items. */
export function layoutOf(laid: Three<Laid>, count: number): Layout {
  const of = (read: (container: Laid) => string | undefined): string | undefined =>
    pickAny(laid.base && read(laid.base), read(laid.ours), read(laid.theirs));
  const first = of(({ items }) => items[0]?.before) ?? "";
  const second = of(({ items }) => items[1]?.before);
  return {
    first,
    rest: second ?? (first.includes("\n") ? first : spacedColon(laid) ? " " : ""),
    close: of(({ items, close }) => (items.length > 0 === count > 0 ? close : undefined)) ?? "",
  };
}

/** White space before an item that comes at `index` in the result: as its versions have it, where it stood likewise there. */
export function spaceBefore(
  index: number,
  layout: Layout,
  versions: { base: LaidItem | undefined; ours: LaidItem | undefined; theirs: LaidItem | undefined },
): string {
  // What one side added as it adds everything is set as the merged container is.
  const isNew = versions.ours === undefined || versions.theirs === undefined;
  const alike = (item: LaidItem | undefined): string | undefined =>
    item !== undefined && item.isFirst === (index === 0) && !(isNew && item.isUsual)
      ? item.before
      : undefined;
  const found = pickAny(alike(versions.base), alike(versions.ours), alike(versions.theirs));
  return found ?? (index === 0 ? layout.first : layout.rest);
}

function spacedColon({ ours, theirs }: Three<Laid>): boolean {
  return [...ours.items, ...theirs.items].some((item) => item.colon?.endsWith(" ") === true);
}
