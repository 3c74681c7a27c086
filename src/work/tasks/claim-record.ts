import type { ProcessIdentity } from "../../lock/file/process-identity.ts";
import { isPlainObject, type PlainJson, plainJson } from "../../model/json/plain-json.ts";
import { parseJson } from "../../model/json/parse-json.ts";

/** A work tree of the repository, as others find it. */
export interface Place {
  /** Its git directory below the common one: `.` for the main work tree, `worktrees/<name>` for a linked one. */
  readonly id: string;
  /** What people call it: `main`, or the linked worktree's name. */
  readonly name: string;
  /** Top of the work tree. */
  readonly path: string;
}

interface RecordBase {
  readonly task: string;
  /** Who did it, where, when and in which process. */
  readonly agent: string;
  readonly session: string | null;
  readonly place: Place;
  readonly at: string;
  readonly process: ProcessIdentity;
  readonly reason: string | null;
}

/** Whose claim a record ended. */
export interface FormerHolder {
  readonly agent: string;
  readonly at: string | null;
  readonly worktree: string | null;
}

/**
 * One step in the life of a task as all worktrees of a clone share it; the newest one counts.
 * - `claimed`: `agent` works on it; `from` when it was taken away from somebody.
 * - `released`: nobody does; an entity that still names `from` is out of date.
 * - `closed`: the tombstone, for work trees that the close has not been merged into.
 * - `reopened`, `forgotten`: as if there were no record.
 */
export type ClaimRecord =
  | (RecordBase & { readonly kind: "claimed"; readonly from: FormerHolder | null })
  | (RecordBase & { readonly kind: "released"; readonly from: FormerHolder | null })
  | (RecordBase & { readonly kind: "closed"; readonly data: PlainJson })
  | (RecordBase & { readonly kind: "reopened" | "forgotten" });

export type ParsedClaim =
  | { readonly kind: "parsed"; readonly record: ClaimRecord }
  | { readonly kind: "invalid"; readonly reason: string };

export function formatClaim(record: ClaimRecord): string {
  return `${JSON.stringify({ got: "claim", version: 1, ...record })}\n`;
}

/** Parses a record. Keys that it does not know are ignored; a greater version is not read. */
export function parseClaim(text: string): ParsedClaim {
  const invalid = (reason: string): ParsedClaim => ({ kind: "invalid", reason });
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") return invalid("it is not whole");
  const root = plainJson(parsed.document.root);
  if (!isPlainObject(root) || root["got"] !== "claim") return invalid("it is not a claim");
  if (root["version"] !== 1) return invalid("it is from a newer version of got-hooks");
  const base = baseOf(root);
  if (base === undefined) return invalid("it does not say who and when");
  const { kind } = root;
  if (kind === "claimed" || kind === "released")
    return { kind: "parsed", record: { ...base, kind, from: formerHolder(root["from"]) } };
  if (kind === "closed") return { kind: "parsed", record: { ...base, kind, data: root["data"] ?? null } };
  if (kind === "reopened" || kind === "forgotten") return { kind: "parsed", record: { ...base, kind } };
  return invalid("its kind is unknown");
}

function baseOf(root: { [key: string]: PlainJson }): RecordBase | undefined {
  const { task, agent, at, place, process } = root;
  if (typeof task !== "string" || typeof agent !== "string" || typeof at !== "string") return undefined;
  if (!isPlainObject(place) || !isPlainObject(process)) return undefined;
  const { id, name, path } = place;
  if (typeof id !== "string" || typeof name !== "string" || typeof path !== "string") return undefined;
  const pid = Number(process["pid"]);
  return {
    task,
    agent,
    session: textOf(root["session"]),
    place: { id, name, path },
    at,
    process: {
      pid: Number.isSafeInteger(pid) && pid > 0 ? pid : 0,
      start: textOf(process["start"]) ?? "-",
      boot: textOf(process["boot"]) ?? "-",
      pidns: textOf(process["pidns"]) ?? "-",
      host: textOf(process["host"]) ?? "-",
    },
    reason: textOf(root["reason"]),
  };
}

function formerHolder(value: PlainJson | undefined): FormerHolder | null {
  if (!isPlainObject(value)) return null;
  const agent = textOf(value["agent"]);
  return agent === null ? null : { agent, at: textOf(value["at"]), worktree: textOf(value["worktree"]) };
}

function textOf(value: PlainJson | undefined): string | null {
  return typeof value === "string" ? value : null;
}
