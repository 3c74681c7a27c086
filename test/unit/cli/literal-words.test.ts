import t from "tap";
import { parseCommandLine } from "../../../src/cli/parse-command-line.ts";

await t.test("words after -- are arguments, whatever they begin with", async (t) => {
  for (const title of ["--force is ignored", "-x", "plain", "--", ""]) {
    const argv = ["task", "create", "--priority", "1", "--", title];
    t.match(await parseCommandLine(argv, ["task", "create"]), {
      kind: "run",
      args: { title, priority: "1" },
    });
  }
  const many = ["task", "create", "--", "-a", "-b"];
  await t.rejects(parseCommandLine(many, ["task", "create"]), { code: "USAGE", message: /-b/ });
});
