import { openRepository, repositoryBase } from "../../../git/repository.ts";
import { contentionAlerts } from "../../../store/metrics/contention-alerts.ts";
import { readEntityContention } from "../../../store/metrics/read-entity-contention.ts";
import type { Outcome } from "../../command.ts";
import type { Context } from "../../context.ts";
import { exitCodes } from "../../exit-codes.ts";
import { contentionDirectory } from "../../../workspace/open-locks.ts";
import { readSoundConfig } from "../../../workspace/read-config.ts";
import { contentionText } from "../../views/contention.ts";

/** What transactions fought over, and what to change where it is too much. */
export function showContention(
  context: Context,
  wanted: {
    readonly since: Date;
    readonly type: string | undefined;
    readonly limit: number;
    readonly threshold: number | undefined;
    readonly check: boolean;
  },
): Outcome {
  const { since, type, limit } = wanted;
  const repository = openRepository(context.cwd, context.env);
  const { config } = readSoundConfig(repositoryBase(repository));
  const threshold = wanted.threshold ?? config.metrics.contentionAlert;
  const found = readEntityContention(contentionDirectory(repository), since);
  const entities =
    type === undefined ? found.entities : found.entities.filter(({ ref }) => ref.startsWith(`${type}:`));
  const data = {
    since: since.toISOString(),
    threshold,
    entities: limit === 0 ? entities : entities.slice(0, limit),
    matched: entities.length,
    locks: found.locks,
    // Of all entities, also those that the limit keeps from being listed.
    alerts: contentionAlerts(entities, { threshold, policy: config.policy }),
    skippedLines: found.skippedLines,
  };
  const exitCode = wanted.check && data.alerts.length > 0 ? exitCodes.refused : exitCodes.done;
  return { data, text: contentionText(data), exitCode };
}
