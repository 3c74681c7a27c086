import { GotError } from "../base/errors.ts";
import { envelopeMembers } from "../model/entity.ts";
import { parseJson } from "../model/json/parse-json.ts";
import { isPlainObject, type PlainJson, plainJson } from "../model/json/plain-json.ts";

/** Fields as they are typed: `--data` as one JSON object, then `<field>=<value>`, where the value is JSON if it can be read so. */
export function parseFields(
  words: readonly string[],
  given: string | undefined,
): Readonly<Record<string, PlainJson>> {
  const fields: Record<string, PlainJson> = {};
  // An option that is given twice arrives as a list.
  const data = [given].flat().at(-1);
  if (data !== undefined) {
    const value = parseValue(data);
    if (value === undefined || !isPlainObject(value)) {
      throw new GotError("USAGE", "--data must be a JSON object", { facts: { data: data.slice(0, 200) } });
    }
    Object.assign(fields, value);
  }
  for (const word of words) {
    const { field, text } = splitField(word);
    fields[field] = parseValue(text) ?? text;
  }
  for (const name of [...envelopeMembers, "id", "type"]) {
    if (!Object.hasOwn(fields, name)) continue;
    throw new GotError("USAGE", `${name} is written by got-hooks itself and can't be set`, {
      facts: { field: name },
    });
  }
  return fields;
}

/** `<field>=<value>`, divided at the first equals sign. @throws GotError USAGE */
export function splitField(word: string): { readonly field: string; readonly text: string } {
  const at = word.indexOf("=");
  if (at > 0) return { field: word.slice(0, at), text: word.slice(at + 1) };
  throw new GotError("USAGE", `${JSON.stringify(word)} is not written as <field>=<value>`, {
    facts: { word },
  });
}

/** A value as it is typed, as JSON; undefined when it can't be read so. */
export function parseValue(text: string): PlainJson | undefined {
  const parsed = parseJson(text);
  return parsed.kind === "parsed" ? plainJson(parsed.document.root) : undefined;
}
