import { GotError } from "../../base/errors.ts";
import { parseRef } from "../../model/entity-ref.ts";

/**
 * The reference that a list belongs to. A bare name is that of a list of its own, `release` for `checklist:release`.
 *
 * @throws GotError INVALID_ENTITY for what can be no reference.
 */
export function listRef(name: string): string {
  const text = name.includes(":") ? name : `checklist:${name}`;
  const parsed = parseRef(text);
  if (parsed.kind === "parsed") return text;
  throw new GotError(
    "INVALID_ENTITY",
    `${JSON.stringify(name.slice(0, 80))} names no checklist: ${parsed.reason}`,
    {
      facts: { list: name.slice(0, 80), reason: parsed.reason },
      hint: "Write a name, e.g. release, or the entity that it belongs to, e.g. task:T-1.",
    },
  );
}
