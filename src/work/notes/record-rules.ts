import { GotError } from "../../base/errors.ts";
import { parseRef } from "../../model/entity-ref.ts";
import type { Entity } from "../../model/entity.ts";
import type { Transaction, TransactionOutcome } from "../../store/store.ts";
import { workLimits } from "../work-limits.ts";
import type { RecordContext } from "./record.ts";

/** Full ids of commits, each once. @throws GotError USAGE for what git does not know. */
export function resolveCommits({ commits }: RecordContext, names: readonly string[]): string[] {
  if (names.length > workLimits.linksAtOnce) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `${names.length} commits at once; ${workLimits.linksAtOnce} are the most`,
      {
        facts: { commits: names.length, limit: workLimits.linksAtOnce },
      },
    );
  }
  const ids = names.map((name) => {
    const id = commits.resolve(name);
    if (id !== null) return id;
    throw new GotError("USAGE", `git knows no commit ${JSON.stringify(name.slice(0, 80))}`, {
      facts: { commit: name.slice(0, 80) },
      hint: "Name it as git does: an id, a branch, a tag, HEAD~2.",
    });
  });
  return [...new Set(ids)];
}

/** @throws GotError INVALID_ENTITY when an edge would lead to nothing. */
export async function requireEnd(tx: Transaction, ref: string): Promise<Entity> {
  const entity = await tx.get(ref);
  if (entity !== null) return entity;
  throw new GotError("INVALID_ENTITY", `There is no entity ${ref} to link to`, {
    facts: { ref },
    hint: "Make it first, or merge the branch that has it.",
  });
}

/** The record that an id means, with its type or without. @throws GotError INVALID_ENTITY when there is none. */
export async function requireRecord(
  tx: Pick<Transaction, "get">,
  type: string,
  given: string,
): Promise<Entity> {
  const ref = recordRef(type, given);
  const entity = await tx.get(ref);
  if (entity !== null) return entity;
  throw new GotError("INVALID_ENTITY", `There is no ${type} ${ref.slice(type.length + 1)}`, {
    facts: { ref },
    hint: `See got-hooks ${type} list.`,
  });
}

/** `N-k3f9` and `note:N-k3f9` are the same. */
export function recordRef(type: string, given: string): string {
  return given.startsWith(`${type}:`) ? given : `${type}:${given}`;
}

/** Tells an entity's reference from the name of a commit. */
export function isRef(text: string): boolean {
  return parseRef(text).kind === "parsed";
}

/** @throws GotError USAGE that says what is wrong with a text, LIMIT_EXCEEDED for one that is too long. */
export function requireText(what: string, text: string, mostCharacters: number): void {
  if (text.trim() === "") throw new GotError("USAGE", `The ${what} is empty`, { facts: { what } });
  if (text.length <= mostCharacters) return;
  throw new GotError(
    "LIMIT_EXCEEDED",
    `The ${what} has ${text.length} characters; ${mostCharacters} are the most`,
    {
      facts: { what, length: text.length, limit: mostCharacters },
      hint: "Put the rest into a file and name it.",
    },
  );
}

/** What a transaction has come to. @throws GotError STORE_UNUSABLE when it lost against others in every attempt. */
export function committed<Value>(outcome: TransactionOutcome<Value | null>): Value {
  if (outcome.kind === "committed") {
    if (outcome.value !== null) return outcome.value;
    throw new GotError("INTERNAL", "An entity that was written is not there");
  }
  const ref = outcome.conflicts[0]?.ref ?? "An entity";
  throw new GotError(
    "STORE_UNUSABLE",
    `${ref} was changed by others in each of ${outcome.attempts} attempts; nothing was written`,
    { facts: { ref, attempts: outcome.attempts }, hint: "Try again." },
  );
}
