import { randomBytes } from "node:crypto";
import type { Argv } from "yargs";
import { openRepository, repositoryBase } from "../../git/repository.ts";
import type { LogProblem } from "../../log/log.ts";
import { sync } from "../../sync/sync.ts";
import type { Command } from "../command.ts";
import { eventPlaces } from "../event-places.ts";
import { noteProblems } from "../open-event-log.ts";
import { readConfig } from "../../workspace/read-config.ts";
import { slowSteps } from "../slow-steps.ts";
import { syncText } from "../views/sync.ts";

interface SyncArgs {
  readonly dryRun: boolean;
}

/** Rebuilds the events that the hooks have missed, and frees those that wait where no commit would fetch them. */
export const syncCommand: Command<SyncArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Say what would be added, add nothing",
      })
      .example("$0 sync", "record what was committed while hooks were off")
      .example("$0 sync --dry-run", "what that would be"),
  run: async (context, { dryRun }) => {
    const repository = openRepository(context.cwd, context.env);
    const problems: LogProblem[] = [];
    const result = await sync({
      ...eventPlaces(repository),
      call: { cwd: repositoryBase(repository), env: context.env },
      nowMs: context.now().getTime(),
      unique: `${context.now().getTime()}-${randomBytes(4).toString("hex")}`,
      isTracking: isTracking(repository.topLevel),
      dryRun,
      onProblem: (problem) => problems.push(problem),
      onStep: slowSteps(context),
    });
    noteProblems(context, problems, "");
    if (result.isCut)
      context.note(
        "what is older than the newest part of long reflogs, or of many rebases, was not looked at",
      );
    return {
      data: { ...result, dryRun, problems },
      text: syncText({ ...result, dryRun, color: context.color }),
    };
  },
};

/** As the hooks decide it: without a sound configuration nothing is folded. */
function isTracking(topLevel: string | null): boolean {
  if (topLevel === null) return false;
  const { file, config, problems } = readConfig(topLevel);
  return file !== null && problems.length === 0 && config.events.track;
}
