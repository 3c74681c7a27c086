import type { FieldRule, TypePolicy } from "./policy.ts";

// Shared, because this is a part of every driver that git starts, and those have a size to keep.
const set: FieldRule = { rule: "set" };
const text: FieldRule = { rule: "text" };

/**
 * The rules that hold where `.got/config.json` names none. Fields that no rule names conflict.
 * The reasoning behind each is in `docs/merge-rules.md`.
 */
export const builtinPolicy: ReadonlyMap<string, TypePolicy> = new Map([
  type("task", workItem()),
  type("issue", workItem()),
  type("edge", {
    weight: { rule: "latest" },
    tags: set,
    notes: text,
  }),
  type("decision", {
    status: {
      rule: "order",
      order: ["proposed", "rejected", "accepted", "superseded"],
      group: ["decided_at", "decided_by", "superseded_by"],
    },
    tags: set,
    links: set,
    commits: set,
    context: text,
    notes: text,
    consequences: text,
  }),
  type("note", {
    text,
    tags: set,
    commits: set,
  }),
  // Lists that are kept as documents; those of `got-hooks checklist` are events and need no rule.
  type("checklist", {
    tags: set,
    items: { rule: "list", key: "id" },
    "items.done": { rule: "max", group: ["items.done_at", "items.done_by"] },
    "items.text": text,
  }),
  type("snapshot", { marks: { rule: "object" }, "marks.*": { rule: "max" } }),
  // What every versioned document has, in the two spellings that are common outside.
  type("*", {
    updated_at: { rule: "max", group: ["updated_by"] },
    updatedAt: { rule: "max", group: ["updatedBy"] },
    created_at: { rule: "min" },
    createdAt: { rule: "min" },
  }),
]);

function type(name: string, fields: Record<string, FieldRule>): [string, TypePolicy] {
  return [name, { fields: new Map(Object.entries(fields)) }];
}

/** Tasks, and what trackers call issues; `camelCase` twins for those that spell so. */
function workItem(): Record<string, FieldRule> {
  return {
    status: {
      rule: "order",
      order: ["pending", "open", "in_progress", "blocked", "closed"],
      group: [
        "closed_at",
        "closed_by",
        "close_reason",
        "close_data",
        "reopened_at",
        "closedAt",
        "closedBy",
        "closeReason",
      ],
    },
    assignee: { rule: "latest", group: ["claimed_at"] },
    priority: { rule: "latest" },
    tags: set,
    labels: set,
    depends_on: set,
    dependencies: set,
    points: { rule: "counter" },
    attempts: { rule: "counter" },
    description: text,
    notes: text,
    checklist: { rule: "list", key: "id" },
    "checklist.done": { rule: "max" },
    comments: { rule: "list", key: "id" },
  };
}
