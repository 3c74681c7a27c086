import fc from "fast-check";

/** A JSON value as a tree that can be edited and written in any layout. */
export type Tree = string | Tree[] | Map<string, Tree>;

const scalar = fc.constantFrom(
  "1",
  "1.0",
  "1e400",
  "12345678901234567890",
  "-0",
  "true",
  "false",
  "null",
  '"a"',
  '"\\u0041"',
  '"ü"',
  '"\\ud800"',
);
const key = fc.constantFrom(
  "a",
  "b",
  "c",
  "1",
  "0",
  "__proto__",
  "constructor",
  "id",
  "type",
  "x.y",
  "ü",
  "tags",
  "status",
);

/** A random document whose root is an object. */
export const documentTree: fc.Arbitrary<Tree> = fc.letrec<{ value: Tree; object: Tree }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: scalar, weight: 4 },
    tie("object"),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
  object: fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((entries) => new Map(entries)),
})).object;

/** Two edits of one document: `[base, ours, theirs]`. */
export const threeTrees: fc.Arbitrary<[Tree, Tree, Tree]> = documentTree.chain((base) =>
  fc.tuple(fc.constant(base), edited(base), edited(base)),
);

function edited(tree: Tree): fc.Arbitrary<Tree> {
  const replaced = fc.oneof(scalar, documentTree);
  if (typeof tree === "string") return fc.oneof({ arbitrary: fc.constant<Tree>(tree), weight: 4 }, replaced);
  if (Array.isArray(tree)) {
    return fc
      .tuple(
        fc.tuple(...tree.map((item) => fc.tuple(keep, edited(item)))),
        fc.array(scalar, { maxLength: 2 }),
        fc.nat(4),
      )
      .map(([items, added, at]): Tree => {
        const kept = items.flatMap(([stays, item]) => (stays ? [item] : []));
        return [...kept.slice(0, at), ...added, ...kept.slice(at)];
      });
  }
  return fc
    .tuple(
      fc.tuple(...[...tree].map(([name, value]) => fc.tuple(keep, fc.constant(name), edited(value)))),
      fc.array(fc.tuple(key, fc.oneof(scalar, documentTree)), { maxLength: 2 }),
      fc.boolean(),
    )
    .map(([members, added, addFirst]): Tree => {
      const kept = members.flatMap(([stays, name, value]): [string, Tree][] =>
        stays ? [[name, value]] : [],
      );
      const fresh = added.filter(([name]) => !tree.has(name));
      return new Map(addFirst ? [...fresh, ...kept] : [...kept, ...fresh]);
    });
}

const keep = fc.integer({ min: 0, max: 9 }).map((n) => n > 0);

/** How a document is written. */
export interface Layout {
  readonly indent: string | undefined;
  readonly colon: string;
  readonly newline: string;
  readonly end: string;
}

export const layout: fc.Arbitrary<Layout> = fc.record({
  indent: fc.constantFrom("  ", "  ", "  ", "\t", undefined),
  colon: fc.constantFrom(": ", ": ", ":"),
  newline: fc.constantFrom("\n", "\n", "\r\n"),
  end: fc.constantFrom("\n", "\n", ""),
});

export function writeTree(tree: Tree, style: Layout): string {
  const breakAt = (depth: number): string =>
    style.indent === undefined ? "" : style.newline + style.indent.repeat(depth);
  const write = (value: Tree, depth: number): string => {
    if (typeof value === "string") return value;
    const items = Array.isArray(value)
      ? value.map((item) => write(item, depth + 1))
      : [...value].map(([name, item]) => JSON.stringify(name) + style.colon + write(item, depth + 1));
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (items.length === 0) return open + close;
    const separator = style.indent === undefined ? ", " : `,${breakAt(depth + 1)}`;
    return open + breakAt(depth + 1) + items.join(separator) + breakAt(depth) + close;
  };
  return write(tree, 0) + (style.end === "" ? "" : style.newline);
}
