import os from "node:os";
import { runDoctor } from "../../doctor/run-doctor.ts";
import { openSubject } from "../../doctor/subject.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { doctorData, doctorText } from "../views/doctor.ts";

/** `got-hooks doctor`: examines the installation, all worktrees and the data; exit 1 when there is a problem. */
export const doctorCommand: Command<unknown> = {
  builder: (yargs) =>
    yargs
      .example("$0 doctor", "what is wrong here, why it matters, and what to type")
      .example("$0 doctor --json", "the same for a program; the ids of findings are stable"),
  run: async (context) => {
    const subject = openSubject({
      cwd: context.cwd,
      env: context.env,
      packageRoot: context.packageRoot,
      nodePath: context.nodePath,
      temporary: os.tmpdir(),
      umask: process.umask(),
      now: context.now,
    });
    const findings = runDoctor(subject);
    const report = { subject, findings };
    const isWell = findings.every(({ severity }) => severity === "note");
    return { data: doctorData(report), text: doctorText(report), exitCode: isWell ? 0 : exitCodes.refused };
  },
};
