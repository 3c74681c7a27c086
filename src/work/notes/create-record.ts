import { GotError } from "../../base/errors.ts";
import type { Entity, EntityDraft } from "../../model/entity.ts";
import type { Transaction } from "../../store/store.ts";
import { edgeId } from "../../store/check-graph.ts";
import { entityIdsIn } from "../entity-ids.ts";
import { freeShortId } from "../short-id.ts";
import { workLimits } from "../work-limits.ts";
import { committed, requireEnd, resolveCommits } from "./record-rules.ts";
import type { LinkDraft, RecordContext } from "./record.ts";

/**
 * Makes a note or a decision and its edges in one transaction, under an id that nobody has.
 *
 * @throws GotError INVALID_ENTITY for a link to what is not there, USAGE for a commit that git does not know; nothing is written then.
 */
export async function createRecord(
  context: RecordContext,
  record: {
    readonly type: string;
    /** Of its ids, the dash included. */
    readonly prefix: string;
    readonly fields: Omit<EntityDraft, "id" | "type">;
    readonly links: readonly LinkDraft[];
    readonly commits: readonly string[];
  },
): Promise<Entity> {
  const { store, agent, now, randomHex } = context;
  const { type, prefix, fields } = record;
  const commits = resolveCommits(context, record.commits);
  const known = entityIdsIn(context.workTree, type).length;
  const seed = JSON.stringify([agent, now().toISOString(), randomHex()]);
  return committed(
    await store.transaction(async (tx) => {
      // Reading what is not there yet guards against another process that takes the same id.
      const id = await freeShortId(
        { prefix, known, seed },
        async (wanted) => (await tx.get(`${type}:${wanted}`)) !== null,
      );
      await tx.put({ type, id, ...fields, author: agent, ...(commits.length === 0 ? {} : { commits }) });
      await addLinks(tx, `${type}:${id}`, record.links);
      return await tx.get(`${type}:${id}`);
    }),
  );
}

/** Puts edges to entities that are there; one that is there already stays as it is. */
export async function addLinks(tx: Transaction, from: string, links: readonly LinkDraft[]): Promise<void> {
  if (links.length > workLimits.linksAtOnce) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `${links.length} links at once; ${workLimits.linksAtOnce} are the most`,
      {
        facts: { from, links: links.length, limit: workLimits.linksAtOnce },
      },
    );
  }
  for (const { kind, to } of links) {
    await requireEnd(tx, to);
    const id = edgeId(from, kind, to);
    if ((await tx.get(`edge:${id}`)) === null) await tx.put({ type: "edge", id, from, kind, to });
  }
}
