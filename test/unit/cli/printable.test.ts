import t from "tap";
import { printable } from "../../../src/cli/printable.ts";

await t.test("makes escape codes and other controls visible", async (t) => {
  t.equal(printable("a\u001B[31mred\u0007"), "a\\x1b[31mred\\x07");
  t.equal(printable("\u009B2J\u007F"), "\\x9b2J\\x7f");
});

await t.test("makes marks that turn the direction of writing visible", async (t) => {
  t.equal(printable("abc\u202Etxt.exe"), "abc\\u202etxt.exe");
});

await t.test("leaves line feeds, tabs and every other script alone", async (t) => {
  const text = "straße\t日本\nαβγ 🙂\n";
  t.equal(printable(text), text);
});
