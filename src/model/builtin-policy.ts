import type { FieldRule, TypePolicy } from "./policy.ts";

/**
 * The rules that hold where `.got/config.json` names none. Fields that no rule names conflict.
 * The reasoning behind each is in `docs/merge-rules.md`.
 */
export const builtinPolicy: ReadonlyMap<string, TypePolicy> = new Map([
  type("task", workItem()),
  type("issue", workItem()),
  type("edge", {
    weight: { rule: "latest" },
    tags: { rule: "set" },
    notes: { rule: "text" },
  }),
  type("decision", {
    status: {
      rule: "order",
      order: ["proposed", "rejected", "accepted", "superseded"],
      group: ["decided_at", "decided_by"],
    },
    tags: { rule: "set" },
    links: { rule: "set" },
    context: { rule: "text" },
    notes: { rule: "text" },
    consequences: { rule: "text" },
  }),
  type("checklist", {
    tags: { rule: "set" },
    items: { rule: "list", key: "id" },
    "items.done": { rule: "max", group: ["items.done_at", "items.done_by"] },
    "items.text": { rule: "text" },
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
      group: ["closed_at", "closed_by", "close_reason", "close_data", "closedAt", "closedBy", "closeReason"],
    },
    assignee: { rule: "latest", group: ["claimed_at"] },
    priority: { rule: "latest" },
    tags: { rule: "set" },
    labels: { rule: "set" },
    depends_on: { rule: "set" },
    dependencies: { rule: "set" },
    points: { rule: "counter" },
    attempts: { rule: "counter" },
    description: { rule: "text" },
    notes: { rule: "text" },
    checklist: { rule: "list", key: "id" },
    "checklist.done": { rule: "max" },
    comments: { rule: "list", key: "id" },
  };
}
