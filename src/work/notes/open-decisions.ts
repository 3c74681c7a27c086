import { GotError } from "../../base/errors.ts";
import type { Entity } from "../../model/entity.ts";
import { edgeId } from "../../store/check-graph.ts";
import { workLimits } from "../work-limits.ts";
import { createRecord } from "./create-record.ts";
import { committed, recordRef, requireRecord, requireText } from "./record-rules.ts";
import type { RecordContext, ShownRecord } from "./record.ts";
import { showRecord } from "./show-record.ts";

/** A decision's status only goes on in this order; a merge takes the later of two. */
export const decisionStatuses = ["proposed", "rejected", "accepted", "superseded"] as const;
export type DecisionStatus = (typeof decisionStatuses)[number];

export interface DecisionDraft {
  readonly title: string;
  readonly context?: string | undefined;
  readonly consequences?: string | undefined;
  /** Default `proposed`. */
  readonly status?: Exclude<DecisionStatus, "superseded"> | undefined;
  /** Entities that it has to do with: edges `relates_to`. */
  readonly links?: readonly string[];
  /** Entities about which it decides: edges `decides`. */
  readonly decides?: readonly string[];
  /** By any name that git knows. */
  readonly commits?: readonly string[];
}

export type DecideOutcome =
  | { readonly kind: "changed"; readonly decision: Entity }
  /** It had that status already; `decided_by` and `decided_at` say since when. */
  | { readonly kind: "unchanged"; readonly decision: Entity }
  /** Its status is a later one, which the decision says who gave it. */
  | { readonly kind: "refused"; readonly decision: Entity; readonly reason: string };

/**
 * Decisions: entities of type `decision` with edges to what they are about and to those that they supersede. A decision and its edges are written
 * together or not at all. Decisions are named by id, `D-k3f9`.
 */
export interface Decisions {
  readonly add: (draft: DecisionDraft) => Promise<Entity>;
  readonly list: (status?: string) => Promise<readonly Entity[]>;
  readonly show: (id: string) => Promise<ShownRecord>;
  readonly accept: (id: string) => Promise<DecideOutcome>;
  readonly reject: (id: string) => Promise<DecideOutcome>;
  /** Puts an accepted decision in another one's place. Of several that do so at once with different ones exactly one is not refused. */
  readonly supersede: (id: string, by: string) => Promise<DecideOutcome>;
}

/**
 * Opens the decisions of an entity store.
 *
 * @throws from each call GotError INVALID_ENTITY for what is not there, USAGE for texts and commits that can't be.
 */
export function openDecisions(context: RecordContext): Decisions {
  const { store } = context;
  return {
    add: async (draft) => {
      requireText("title", draft.title, workLimits.titleCharacters);
      const { status = "proposed", title, context: why, consequences } = draft;
      const texts = Object.entries({ context: why, consequences }).filter(([, text]) => text !== undefined);
      for (const [what, text] of texts) requireText(what, text ?? "", workLimits.noteCharacters);
      return await createRecord(context, {
        type: "decision",
        prefix: "D-",
        fields: {
          title,
          status,
          ...Object.fromEntries(texts),
          ...(status === "proposed" ? {} : decidedNow(context)),
        },
        links: [
          ...(draft.links ?? []).map((to) => ({ kind: "relates_to", to })),
          ...(draft.decides ?? []).map((to) => ({ kind: "decides", to })),
        ],
        commits: draft.commits ?? [],
      });
    },
    list: async (status) =>
      await store.list("decision", (decision) => status === undefined || decision["status"] === status),
    show: async (id) => await showRecord(context, await requireRecord(store, "decision", id)),
    accept: async (id) => await decide(context, id, "accepted"),
    reject: async (id) => await decide(context, id, "rejected"),
    supersede: async (id, by) => await supersede(context, id, by),
  };
}

async function decide(
  context: RecordContext,
  id: string,
  status: "accepted" | "rejected",
): Promise<DecideOutcome> {
  return committed(
    await context.store.transaction(async (tx): Promise<DecideOutcome> => {
      const decision = await requireRecord(tx, "decision", id);
      const before = statusOf(decision);
      if (before === status) return { kind: "unchanged", decision };
      if (decisionStatuses.indexOf(before) > decisionStatuses.indexOf(status))
        return { kind: "refused", decision, reason: `it is ${before} already${since(decision)}` };
      await tx.put({ ...decision, status, ...decidedNow(context) });
      return { kind: "changed", decision: (await tx.get(recordRef("decision", id))) ?? decision };
    }),
  );
}

async function supersede(context: RecordContext, id: string, by: string): Promise<DecideOutcome> {
  const ref = recordRef("decision", id);
  return committed(
    await context.store.transaction(async (tx): Promise<DecideOutcome> => {
      const decision = await requireRecord(tx, "decision", id);
      const next = await requireRecord(tx, "decision", by);
      if (next.id === decision.id)
        throw new GotError("USAGE", `The decision ${next.id} can't supersede itself`, {
          facts: { decision: next.id },
        });
      if (statusOf(decision) === "superseded") {
        if (decision["superseded_by"] === next.id) return { kind: "unchanged", decision };
        return { kind: "refused", decision, reason: `it is superseded already${since(decision)}` };
      }
      if (statusOf(next) !== "accepted")
        return {
          kind: "refused",
          decision,
          reason: `${next.id}, which would supersede it, is ${statusOf(next)}, not accepted`,
        };
      await tx.put({ ...decision, status: "superseded", ...decidedNow(context), superseded_by: next.id });
      const from = `decision:${next.id}`;
      await tx.put({ type: "edge", id: edgeId(from, "supersedes", ref), from, kind: "supersedes", to: ref });
      return { kind: "changed", decision: (await tx.get(ref)) ?? decision };
    }),
  );
}

/** What a file made by hand does not say, or says otherwise, counts as proposed. */
function statusOf({ status }: Entity): DecisionStatus {
  return decisionStatuses.find((one) => one === status) ?? "proposed";
}

function since({ decided_by: by, decided_at: at, superseded_by: next }: Entity): string {
  const what = typeof next === "string" ? `, by ${next}` : "";
  return typeof by === "string" && typeof at === "string" ? `${what} (${by}, ${at})` : what;
}

function decidedNow({ agent, now }: RecordContext): { decided_at: string; decided_by: string } {
  return { decided_at: now().toISOString(), decided_by: agent };
}
