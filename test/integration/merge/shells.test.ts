import { existsSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { driverCommand } from "../../../src/install/driver-command.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";
import { taskText } from "../../support/tasks.ts";

const shells = [["/bin/dash"], ["/bin/busybox", "sh"], ["/bin/bash", "--posix"], ["/bin/sh"]].filter(
  ([shell]) => existsSync(shell ?? ""),
);

for (const [shell = "", ...options] of shells) {
  const name = [shell, ...options].join(" ");
  await t.test(`the configured command and the shim work in ${name}`, async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const repository = createRepository(sandbox, "it's a repository");
    const { bin, nodeStarts } = installDrivers(repository);
    repository.write("O", taskText({ points: 1 }));
    repository.write("B", taskText({ points: 4 }));
    const placeholders: Readonly<Record<string, string>> = {
      "%O": "O",
      "%A": "A",
      "%B": "B",
      "%L": "7",
      "%P": "'odd \\name.json'",
      "%%": "%",
    };
    const command = driverCommand({ kind: "entity", shimPath: path.join(bin, "got-merge") });
    const script = command.replaceAll(/%[OABLP%]/g, (found) => placeholders[found] ?? "");
    // One process calls: first Node alone, then Node with the memo, then the memo.
    for (const starts of [1, 1, 0]) {
      repository.write("A", taskText({ points: 3 }));
      const run = sandbox.run(repository.dir, shell, [...options, "-c", script]);
      t.same(run, { status: 0, stdout: "", stderr: "" });
      t.match(JSON.parse(repository.read("A")), { points: 6 });
      t.equal(nodeStarts(), starts);
    }
    sandbox.run(repository.dir, "rm", ["-rf", bin]);
    repository.write("A", taskText({ points: 3 }));
    const run = sandbox.run(repository.dir, shell, [...options, "-c", script]);
    t.equal(run.status, 1, "without the shim, as text");
    t.match(run.stderr, /got-hooks: odd \\name\.json: the merge driver is missing/);
    t.match(repository.read("A"), /<<<<<<< ours\n/);
  });
}
