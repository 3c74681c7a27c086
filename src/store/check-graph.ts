import { createHash } from "node:crypto";
import type { Entity } from "../model/entity.ts";

/** What is wrong with the edges between entities. */
export type GraphProblem =
  | { readonly kind: "missingEnd"; readonly edge: string; readonly end: "from" | "to"; readonly ref: string }
  /** The first reference stands at the end again. */
  | { readonly kind: "cycle"; readonly edgeKind: string; readonly refs: readonly string[] };

/** Kinds of edges that must not lead back to where they began. */
export const acyclicKinds: ReadonlySet<string> = new Set(["depends_on", "blocks", "contains", "supersedes"]);

/** The id of the one edge of a kind between two entities: making it twice makes one. */
export function edgeId(from: string, kind: string, to: string): string {
  return createHash("sha256")
    .update(JSON.stringify([from, kind, to]))
    .digest("hex")
    .slice(0, 16);
}

/** Finds edges whose ends are missing and one cycle for each set of entities that depend on each other. */
export function checkGraph(
  edges: readonly Entity[],
  exists: (ref: string) => boolean,
): readonly GraphProblem[] {
  const problems: GraphProblem[] = [];
  const graphs = new Map<string, Map<string, string[]>>();
  for (const edge of edges) {
    const { from, to, kind } = edge;
    for (const [end, ref] of [
      ["from", from],
      ["to", to],
    ] as const) {
      if (typeof ref !== "string" || !exists(ref)) {
        problems.push({
          kind: "missingEnd",
          edge: `edge:${edge.id}`,
          end,
          ref: typeof ref === "string" ? ref : JSON.stringify(ref ?? null),
        });
      }
    }
    if (
      typeof kind !== "string" ||
      typeof from !== "string" ||
      typeof to !== "string" ||
      !acyclicKinds.has(kind)
    )
      continue;
    const graph = graphs.get(kind) ?? new Map<string, string[]>();
    graphs.set(kind, graph.set(from, [...(graph.get(from) ?? []), to]));
  }
  for (const [edgeKind, graph] of graphs) {
    for (const refs of cyclesOf(graph)) problems.push({ kind: "cycle", edgeKind, refs });
  }
  return problems;
}

/** Depth-first search without recursion; each entity is left once, so each cycle that is closed is told once. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of [...graph.keys()].sort()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly ref: string; readonly leave: boolean }[] = [{ ref: start, leave: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { ref, leave } = top;
      if (leave) {
        path.pop();
        onPath.delete(ref);
        done.add(ref);
      } else if (onPath.has(ref)) cycles.push([...path.slice(path.indexOf(ref)), ref]);
      else if (!done.has(ref)) {
        path.push(ref);
        onPath.add(ref);
        stack.push({ ref, leave: true });
        for (const next of graph.get(ref) ?? []) stack.push({ ref: next, leave: false });
      }
    }
  }
  return cycles;
}
