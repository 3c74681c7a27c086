import t from "tap";
import { readGlobalOptions } from "../../../src/cli/global-options.ts";

await t.test("finds the command behind options and their values", async (t) => {
  t.same(readGlobalOptions(["-C", "policy", "--json", "demo", "--keep"]), {
    json: true,
    words: ["demo"],
    version: false,
  });
  t.same(readGlobalOptions(["--directory", "x", "policy", "check"]).words, ["policy", "check"]);
  t.same(readGlobalOptions(["--directory=x", "demo"]).words, ["demo"]);
});

await t.test("takes --version for its own only before a command", async (t) => {
  t.equal(readGlobalOptions(["--version"]).version, true);
  t.equal(readGlobalOptions(["-C", "x", "--version"]).version, true);
  t.equal(readGlobalOptions(["demo", "--version"]).version, false);
});

await t.test("reads nothing after --", async (t) => {
  t.same(readGlobalOptions(["merge-driver", "--", "--json"]), {
    json: false,
    words: ["merge-driver"],
    version: false,
  });
});

await t.test("lets the last of --json and --no-json count", async (t) => {
  t.equal(readGlobalOptions(["--json", "--no-json"]).json, false);
});
