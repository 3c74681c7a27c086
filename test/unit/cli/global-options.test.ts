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

await t.test("finds --version wherever it stands", async (t) => {
  for (const argv of [["--version"], ["-C", "x", "--version"], ["demo", "--version"]]) {
    t.equal(readGlobalOptions(argv).version, true, argv.join(" "));
  }
  t.equal(readGlobalOptions(["-C", "--version"]).version, false, "the name of a directory");
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
