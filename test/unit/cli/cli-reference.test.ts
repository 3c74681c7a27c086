import { readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { cliReference } from "../../../scripts/cli-reference.ts";

await t.test("docs/cli.md says what --help says (npm run docs writes it)", async (t) => {
  t.equal(
    readFileSync(path.resolve(import.meta.dirname, "../../../docs/cli.md"), "utf8"),
    await cliReference(),
  );
});
