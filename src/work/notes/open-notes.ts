import { GotError } from "../../base/errors.ts";
import type { Entity } from "../../model/entity.ts";
import { workLimits } from "../work-limits.ts";
import { addLinks, createRecord } from "./create-record.ts";
import { committed, isRef, recordRef, requireRecord, requireText, resolveCommits } from "./record-rules.ts";
import type { RecordContext, ShownRecord } from "./record.ts";
import { commitsOf, showRecord } from "./show-record.ts";

export interface NoteLinks {
  /** Entities that it is about. */
  readonly on?: readonly string[];
  /** Commits that it is about, by any name that git knows. */
  readonly commits?: readonly string[];
}

/**
 * Notes: short texts about entities and commits, entities of type `note` with edges `relates_to` and a field `commits`. A note and its edges
 * are written together or not at all. Notes are named by id, `N-k3f9`.
 */
export interface Notes {
  readonly add: (text: string, links?: NoteLinks) => Promise<Entity>;
  /** By id; all, or those on an entity or a commit. */
  readonly list: (on?: string) => Promise<readonly Entity[]>;
  readonly show: (id: string) => Promise<ShownRecord>;
  /** Changes the text, adds links, or both; only if it has still that version, where one is given. */
  readonly edit: (
    id: string,
    change: NoteLinks & { readonly text?: string | undefined; readonly ifVersion?: number | undefined },
  ) => Promise<Entity>;
}

/**
 * Opens the notes of an entity store.
 *
 * @throws from each call GotError INVALID_ENTITY for what is not there, USAGE for texts and commits that can't be.
 */
export function openNotes(context: RecordContext): Notes {
  const { store } = context;
  return {
    add: async (text, { on = [], commits = [] } = {}) => {
      requireText("note", text, workLimits.noteCharacters);
      const links = on.map((to) => ({ kind: "relates_to", to }));
      return await createRecord(context, { type: "note", prefix: "N-", fields: { text }, links, commits });
    },
    list: async (on) => {
      if (on === undefined) return await store.list("note");
      if (isRef(on)) {
        const edges = await store.list("edge", ({ from, to }) => from === on || to === on);
        const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
        return await store.list("note", ({ id }) => `note:${id}` !== on && ends.has(`note:${id}`));
      }
      const [commit = ""] = resolveCommits(context, [on]);
      return await store.list("note", (note) => commitsOf(note).includes(commit));
    },
    show: async (id) => await showRecord(context, await requireRecord(store, "note", id)),
    edit: async (id, { text, on = [], commits = [], ifVersion }) => {
      if (text !== undefined) requireText("note", text, workLimits.noteCharacters);
      const added = resolveCommits(context, commits);
      const ref = recordRef("note", id);
      return committed(
        await store.transaction(async (tx) => {
          const note = await requireRecord(tx, "note", id);
          if (ifVersion !== undefined && note.version !== ifVersion) throw otherVersion(note, ifVersion);
          const all = [...new Set([...commitsOf(note), ...added])];
          const changes = {
            ...(text === undefined ? {} : { text }),
            ...(added.length === 0 ? {} : { commits: all }),
          };
          if (Object.keys(changes).length > 0) await tx.put({ ...note, ...changes });
          await addLinks(
            tx,
            ref,
            on.map((to) => ({ kind: "relates_to", to })),
          );
          return await tx.get(ref);
        }),
      );
    },
  };
}

function otherVersion({ id, version, updated_by: by = "somebody" }: Entity, expected: number): GotError {
  return new GotError(
    "INVALID_ENTITY",
    `The note ${id} has version ${version}, not ${expected}: ${by} has changed it; nothing was written`,
    { facts: { note: id, version, expected }, hint: "Read it again." },
  );
}
