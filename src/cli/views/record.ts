import type { Entity } from "../../model/entity.ts";
import type { DecideOutcome } from "../../work/notes/open-decisions.ts";
import type { ShownCommit, ShownLink, ShownRecord } from "../../work/notes/record.ts";
import { titleOf } from "../../work/notes/show-record.ts";
import { printable } from "../printable.ts";

/** The id alone, so that a script can take it. */
export function recordMadeText({ id }: Entity): string {
  return printable(`${id}\n`);
}

/** A line for each: id, status where it has one, what it is called, who made it. */
export function recordsText(what: string, entities: readonly Entity[]): string {
  if (entities.length === 0) return `No ${what}.\n`;
  const lines = entities.map((entity) => {
    const { status, author } = entity;
    const words = [status, titleOf(entity), typeof author === "string" ? `(${author})` : null];
    return [entity.id, ...words.filter((word) => typeof word === "string")].join("  ");
  });
  return printable(`${lines.join("\n")}\n`);
}

export function decidedText({ kind, ...outcome }: DecideOutcome): string {
  const { id, status, superseded_by: next } = outcome.decision;
  if (kind === "refused" && "reason" in outcome) return printable(`${id} unchanged: ${outcome.reason}\n`);
  const by = typeof next === "string" ? ` by ${next}` : "";
  return printable(
    `${id} ${kind === "changed" ? "now" : "already"} ${typeof status === "string" ? status : "proposed"}${by}\n`,
  );
}

/** Everything about a note or decision: its fields, then its links, then its commits. */
export function recordText({ entity, links, commits }: ShownRecord): string {
  const { id, status, author, text, context, consequences, version } = entity;
  const { decided_by: decider, decided_at: decidedAt } = entity;
  const head = [
    id,
    status,
    entity["title"],
    typeof author === "string" ? `(${author})` : null,
    `v${version}`,
  ];
  const sections: (readonly [string, unknown])[] = [
    ["", text],
    ["Context", context],
    ["Consequences", consequences],
    ["Decided", [decider, decidedAt].filter((word) => typeof word === "string").join(", ")],
    ["Links", links.map(linkText).join("\n")],
    ["Commits", commits.map(commitText).join("\n")],
  ];
  const parts = sections.flatMap(([name, content]) =>
    typeof content === "string" && content !== ""
      ? [`${name === "" ? "" : `${name}:\n`}${content.replaceAll(/^/gm, "  ")}`]
      : [],
  );
  const first = head.filter((word) => typeof word === "string").join("  ");
  return printable(`${[first, ...parts].join("\n")}\n`);
}

function linkText({ kind, direction, ref, title, status, isMissing }: ShownLink): string {
  const arrow = direction === "out" ? `${kind} -> ${ref}` : `${kind} <- ${ref}`;
  return [arrow, ...(isMissing ? ["(missing)"] : [status, title])].filter((word) => word !== null).join("  ");
}

function commitText({ id, subject }: ShownCommit): string {
  return `${id.slice(0, shownDigits)}  ${subject ?? "(missing)"}`;
}

const shownDigits = 12;
