// What the drivers need of jsonc-parser, without its formatter: that one fills a table of 1,200 strings as soon as it is
// loaded, which every driver call would pay for. Bundles of drivers/ get this in place of the package (bundles.mjs);
// a test holds the names against the package's own.
export { visit } from "../node_modules/jsonc-parser/lib/esm/impl/parser.js";

const names = [
  "InvalidSymbol",
  "InvalidNumberFormat",
  "PropertyNameExpected",
  "ValueExpected",
  "ColonExpected",
  "CommaExpected",
  "CloseBraceExpected",
  "CloseBracketExpected",
  "EndOfFileExpected",
  "InvalidCommentToken",
  "UnexpectedEndOfComment",
  "UnexpectedEndOfString",
  "UnexpectedEndOfNumber",
  "InvalidUnicode",
  "InvalidEscapeCharacter",
  "InvalidCharacter",
];

export function printParseErrorCode(code) {
  return names[code - 1] ?? "<unknown ParseErrorCode>";
}
