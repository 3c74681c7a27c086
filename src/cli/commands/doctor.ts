import os from "node:os";
import { runFix } from "../../doctor/fix/run-fix.ts";
import { runDoctor } from "../../doctor/run-doctor.ts";
import { type DoctorOptions, openSubject } from "../../doctor/subject.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type DoctorReport, doctorData, doctorText } from "../views/doctor.ts";

interface DoctorArgs {
  readonly fix: boolean;
}

/** `got-hooks doctor`: examines the installation, all worktrees and the data; exit 1 when there is a problem. */
export const doctorCommand: Command<DoctorArgs> = {
  builder: (yargs) =>
    yargs
      .option("fix", {
        type: "boolean",
        default: false,
        describe:
          "Mend what needs no decision of yours; what is changed is kept in <git-common-dir>/got/backup",
      })
      .example("$0 doctor", "what is wrong here, why it matters, and what to type")
      .example("$0 doctor --fix", "mend it; run again it changes nothing")
      .example("$0 doctor --json", "the same for a program; the ids of findings are stable"),
  run: async (context, args) => {
    const report = await examine(context, args);
    const isWell = report.findings.every(({ severity }) => severity === "note");
    return { data: doctorData(report), text: doctorText(report), exitCode: isWell ? 0 : exitCodes.refused };
  },
};

async function examine(context: Context, args: DoctorArgs): Promise<DoctorReport> {
  const options: DoctorOptions = {
    cwd: context.cwd,
    env: context.env,
    packageRoot: context.packageRoot,
    nodePath: context.nodePath,
    temporary: os.tmpdir(),
    umask: process.umask(),
    now: context.now,
  };
  const onProgress = slowProgress(context);
  if (args.fix) return runFix(options, onProgress);
  const subject = openSubject(options);
  return { subject, findings: runDoctor(subject, onProgress), treated: [], backup: null };
}

/** Names the check that is under way, once this has taken longer than a second. */
function slowProgress(context: Context): (check: string) => void {
  const startMs = performance.now();
  return (check) => {
    if (performance.now() - startMs > quietMs) context.note(`got-hooks: looking at ${check}`);
  };
}

const quietMs = 1_000;
