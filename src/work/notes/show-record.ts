import type { Entity } from "../../model/entity.ts";
import { isRef } from "./record-rules.ts";
import type { RecordContext, ShownCommit, ShownLink, ShownRecord } from "./record.ts";

/** A record with what it is linked to, in both directions, and which of that is missing. */
export async function showRecord({ store, commits }: RecordContext, entity: Entity): Promise<ShownRecord> {
  const self = `${entity.type}:${entity.id}`;
  const edges = await store.list("edge", ({ from, to }) => from === self || to === self);
  const links: ShownLink[] = [];
  for (const { from, kind, to } of edges) {
    const direction = from === self ? "out" : "in";
    const end = direction === "out" ? to : from;
    const ref = typeof end === "string" ? end : "";
    const other = await entityOrNull(store, ref);
    links.push({
      kind: typeof kind === "string" ? kind : "",
      direction,
      ref,
      title: other === null ? null : titleOf(other),
      status: typeof other?.["status"] === "string" ? other["status"] : null,
      isMissing: other === null,
    });
  }
  const subjects = commits.subjects(commitsOf(entity));
  const shown: ShownCommit[] = [...subjects].map(([id, subject]) => ({ id, subject }));
  return { entity, links, commits: shown };
}

/** Ids in the field `commits`; what is none is passed over. */
export function commitsOf({ commits }: Entity): readonly string[] {
  return Array.isArray(commits) ? commits.filter((id) => typeof id === "string") : [];
}

/** What an entity is called: its title, else the first line of its text. */
export function titleOf({ title, text }: Entity): string | null {
  for (const name of [title, text]) {
    const line = typeof name === "string" ? (name.trim().split("\n", 1)[0] ?? "") : "";
    if (line !== "") return line;
  }
  return null;
}

/** An edge may name what can be no entity: that is missing too. */
async function entityOrNull(store: RecordContext["store"], ref: string): Promise<Entity | null> {
  return isRef(ref) ? await store.get(ref) : null;
}
