import fc from "fast-check";
import t from "tap";
import { matchesPath, mayMatchIn } from "../../../src/model/path-pattern.ts";
import { checkProperty } from "../../support/property.ts";

const name = fc.constantFrom("a", "b", "ab", "ü");
const part = fc.constantFrom("a", "b", "ab", "ü", "*", "**", "a*", "?", "[ab]", "\\a");
const path = fc.array(name, { minLength: 2, maxLength: 5 }).map((parts) => parts.join("/"));
const pattern = fc
  .tuple(fc.constantFrom("", "/"), fc.array(part, { minLength: 1, maxLength: 4 }))
  .map(([start, parts]) => start + parts.join("/"));

await t.test("never denies a folder in which the pattern matches something", async (t) => {
  checkProperty(
    t,
    "every folder above a match",
    [pattern, path],
    (wanted, file) => {
      if (!matchesPath(wanted, file)) return true;
      const raw = Buffer.from(file).toString("latin1").split("/");
      return raw.slice(1).every((_, index) => mayMatchIn(wanted, raw.slice(0, index + 1).join("/")));
    },
    3000,
  );
});

await t.test("denies what lies elsewhere", async (t) => {
  t.notOk(mayMatchIn(".got/entities/**/*.json", "src"));
  t.notOk(mayMatchIn(".got/entities/**/*.json", ".got/events"));
  t.ok(mayMatchIn(".got/entities/**/*.json", ".got"));
  t.ok(mayMatchIn(".got/entities/**/*.json", ".got/entities/task"));
  t.notOk(mayMatchIn("tracker/issues.jsonl", "tracker/old"), "the pattern ends above");
  t.ok(mayMatchIn("*.jsonl", "anywhere/at/all"));
});
