import { applyEdits, type FormattingOptions, modify, parse } from "jsonc-parser";
import { withFirstLine, withoutOurPart } from "./our-part.ts";

/**
 * Our lines at the start of commands in somebody's JSON file: the members named in `lines` of the object at `at`.
 * Everything else in the text stays as it is written.
 */
export function withJsonLines(
  text: string,
  at: readonly string[],
  lines: Readonly<Record<string, string>>,
): string {
  let edited = text;
  for (const [name, line] of Object.entries(lines)) {
    const theirs = commands(edited, at)[name] ?? "";
    edited = set(edited, [...at, name], withFirstLine(theirs, line).replace(/\n$/, ""));
  }
  return edited;
}

/** The text without our lines; a member that held nothing else is gone. */
export function withoutJsonLines(text: string, at: readonly string[]): string {
  let edited = text;
  for (const [name, value] of Object.entries(commands(text, at))) {
    const theirs = withoutOurPart(value);
    if (theirs !== value) edited = set(edited, [...at, name], theirs === "" ? undefined : theirs);
  }
  return edited;
}

function commands(text: string, at: readonly string[]): Readonly<Record<string, string>> {
  let value: unknown = parse(text);
  for (const key of at) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  if (!isObject(value)) return {};
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}

function set(text: string, path: readonly string[], value: string | undefined): string {
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: formattingOf(text) }));
}

function formattingOf(text: string): FormattingOptions {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  return {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 1 : indent.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
