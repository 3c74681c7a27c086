import type { Entity } from "../../model/entity.ts";
import type { GraphProblem } from "../../store/check-graph.ts";
import type { EntityChange } from "../entity-history.ts";
import { printable } from "../printable.ts";

export interface FieldDifference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export function entityText(entity: Entity): string {
  return printable(`${JSON.stringify(entity, null, 2)}\n`);
}

export function changedText(word: string, ref: string, entity: Entity | null): string {
  return printable(`${ref} ${word} version ${entity?.version ?? 0}\n`);
}

export function deletedText(ref: string): string {
  return printable(`${ref} deleted\n`);
}

export function noEntityText(ref: string): string {
  return printable(`There is no entity ${ref}.\n`);
}

/** One line for each: name, version, and what people look for first. */
export function listText(entities: readonly Entity[], matched: number): string {
  if (entities.length === 0) return "No entities.\n";
  const width = Math.min(40, Math.max(...entities.map(({ type, id }) => type.length + id.length + 1)));
  const lines = entities.map((entity) => {
    const shown = ["status", "priority", "assignee", "title", "from", "kind", "to"].flatMap((field) => {
      const value = entity[field];
      return value === undefined ? [] : [typeof value === "string" ? value : JSON.stringify(value)];
    });
    return `${`${entity.type}:${entity.id}`.padEnd(width)}  ${[`v${entity.version}`, ...shown].join("  ")}`;
  });
  if (matched > entities.length) lines.push(`(${entities.length} of ${matched})`);
  return printable(`${lines.join("\n")}\n`);
}

export function historyText(ref: string, changes: readonly EntityChange[]): string {
  if (changes.length === 0) return printable(`The event log tells nothing of ${ref}.\n`);
  const lines = changes.map(({ ts, event, by, version, fields }) => {
    const what = fields === null ? "(values not recorded)" : JSON.stringify(fields);
    return `${ts}  v${version}  ${event.replace("entity.", "")}  ${by}  ${what}`;
  });
  return printable(`${lines.join("\n")}\n`);
}

export function diffText(differences: readonly FieldDifference[]): string {
  if (differences.length === 0) return "No field differs.\n";
  const lines = differences.flatMap(({ field, from, to }) => [
    `- ${field}: ${JSON.stringify(from)}`,
    `+ ${field}: ${JSON.stringify(to)}`,
  ]);
  return printable(`${lines.join("\n")}\n`);
}

export function graphText(problems: readonly GraphProblem[]): string {
  const lines = problems.map((problem) =>
    problem.kind === "missingEnd"
      ? `${problem.edge}: its ${problem.end} ${problem.ref} does not exist`
      : `a cycle of ${problem.edgeKind}: ${problem.refs.join(" -> ")}`,
  );
  return printable(lines.map((line) => `${line}\n`).join(""));
}

export interface FsckProblem {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
  readonly repaired: boolean;
}

export function fsckText(data: {
  readonly entities: number;
  readonly problems: readonly FsckProblem[];
  readonly graph: readonly GraphProblem[];
}): string {
  const lines = data.problems.map(
    ({ file, line, reason, repaired }) =>
      `${file}${line === null ? "" : `:${line}`}: ${reason}${repaired ? " (repaired)" : ""}\n`,
  );
  if (lines.length === 0 && data.graph.length === 0) return `${data.entities} entities, no problems.\n`;
  return printable(lines.join("")) + graphText(data.graph);
}
