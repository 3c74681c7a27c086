import os from "node:os";
import { runFix } from "../../doctor/fix/run-fix.ts";
import { type LiveProof, proveLive } from "../../doctor/live/prove-live.ts";
import { runDoctor } from "../../doctor/run-doctor.ts";
import { type DoctorOptions, openSubject, type Subject } from "../../doctor/subject.ts";
import type { Command } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { slowSteps } from "../slow-steps.ts";
import { type DoctorReport, doctorData, doctorText, liveText } from "../views/doctor.ts";
import { installOptions } from "../install-options.ts";

interface DoctorArgs {
  readonly fix: boolean;
  readonly live: boolean;
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
      .option("live", {
        type: "boolean",
        default: false,
        describe:
          "Also commit and merge for real, in a throw-away worktree of this repository, with all hooks",
      })
      .example("$0 doctor", "what is wrong here, why it matters, and what to type")
      .example("$0 doctor --fix", "mend it; run again it changes nothing")
      .example("$0 doctor --live", "prove that a commit is recorded and a merge is made by meaning")
      .example("$0 doctor --json", "the same for a program; the ids of findings are stable"),
  run: async (context, args) => {
    const report = await examine(context, args);
    const live = args.live ? await prove(context, report.subject) : null;
    const isWell = report.findings.every(({ severity }) => severity === "note") && live?.kind !== "failed";
    return {
      data: { ...doctorData(report), live },
      text: doctorText(report) + liveText(live),
      exitCode: isWell ? 0 : exitCodes.refused,
    };
  },
};

async function examine(context: Context, args: DoctorArgs): Promise<DoctorReport> {
  const options: DoctorOptions = {
    ...installOptions(context),
    now: context.now,
  };
  const step = slowSteps(context);
  const onProgress = (check: string): void => step(`looking at ${check}`);
  if (args.fix) return runFix(options, onProgress);
  const subject = openSubject(options);
  return { subject, findings: runDoctor(subject, onProgress), treated: [], backup: null };
}

async function prove(context: Context, subject: Subject): Promise<LiveProof> {
  if (subject.installation.kind !== "recorded")
    return { kind: "failed", step: "looking for got-hooks", reason: "it is not installed here" };
  // From here on an interrupt ends the git that is running, not us: a step that failed, and what was made is removed.
  const signal = context.interruption();
  const onStep = (step: string): void => context.note(`got-hooks: ${step}`);
  return await proveLive({ repository: subject.repository, temporary: os.tmpdir(), onStep, signal });
}
