import type { Advice, ContentionAlert } from "../../store/metrics/contention-alerts.ts";
import type { EntityContention, FieldContention } from "../../store/metrics/contention-counts.ts";
import type { EntityContentions } from "../../store/metrics/read-entity-contention.ts";
import { printable } from "../printable.ts";

/** Some lines for each entity, then what deserves attention and what to do about it. */
export function contentionText(
  data: EntityContentions & {
    readonly since: string;
    readonly matched: number;
    readonly alerts: readonly ContentionAlert[];
  },
): string {
  const lines = data.entities.map(entityText);
  if (lines.length === 0) lines.push(`No transactions wrote anything since ${data.since}.`);
  if (data.matched > data.entities.length) lines.push(`(${data.entities.length} of ${data.matched})`);
  for (const { lock, waits, waitMs, longestWaitMs } of data.locks)
    lines.push(`lock ${lock}  ${waiting({ waits, waitMs, longestWaitMs })}`);
  for (const alert of data.alerts) lines.push(alertText(alert));
  if (data.skippedLines > 0)
    lines.push(`note: ${data.skippedLines} lines could not be read and do not count`);
  return printable(`${lines.join("\n")}\n`);
}

function entityText(entity: EntityContention): string {
  const { ref, attempts, waits, waitMs, longestWaitMs } = entity;
  const counts = [
    ["committed", entity.commits],
    ["conflicts", entity.conflicts],
    ["abandoned", entity.abandoned],
    ["retries", entity.retries],
    ["settled by merging", entity.settled],
  ] as const;
  const shown = counts.filter(([, count]) => count > 0).map(([name, count]) => `, ${count} ${name}`);
  const lines = [`${ref}  ${attempts} attempts${shown.join("")}`];
  if (waits > 0) lines.push(`  queue  ${waiting({ waits, waitMs, longestWaitMs })}`);
  for (const field of entity.fields.filter(({ conflicts }) => conflicts > 0).slice(0, shownFields))
    lines.push(`  ${fieldText(field)}`);
  return lines.join("\n");
}

const shownFields = 5;

function fieldText({ field, attempts, conflicts, clashes }: FieldContention): string {
  return `${field}  ${attempts} attempts, changed by others in ${conflicts} conflicts, by both in ${clashes}`;
}

function waiting(waited: {
  readonly waits: number;
  readonly waitMs: number;
  readonly longestWaitMs: number;
}): string {
  const { waits, waitMs, longestWaitMs } = waited;
  return `${waits} waits, ${milliseconds(waitMs / waits)} on average, the longest ${milliseconds(longestWaitMs)}`;
}

function alertText(alert: ContentionAlert): string {
  const { ref, tries, conflicts, waits, advice } = alert;
  const met = [
    ...(conflicts > 0 ? [`${percent(alert.conflictShare)} of ${tries} tries met a conflict`] : []),
    ...(waits > 0 ? [`${percent(alert.waitShare)}${conflicts > 0 ? "" : ` of ${tries} tries`} waited`] : []),
  ];
  return [
    `alert: ${ref}: ${met.join(", ")}`,
    ...advice.map((one, index) => `  ${index === 0 ? "" : "or "}${adviceText(one, ref)}`),
  ].join("\n");
}

function adviceText(advice: Advice, ref: string): string {
  switch (advice.kind) {
    case "lock":
      return `take turns for the whole of the work: got-hooks lock run ${word(advice.resource)} -- <command>`;
    case "merge":
      return `let the store join changes of ${advice.field}, for which the policy has the rule ${advice.rule}: onConflict: "merge"`;
    case "rule":
      return `give ${advice.field} a rule that joins its changes, in .got/config.json: ${ruleText(advice)}; then use onConflict: "merge"`;
    case "mergeApart":
      return `the changes were in different fields (${advice.fields.join(", ")}): let the store join them with onConflict: "merge"`;
    case "split":
      return `split ${ref}: give fields that different work changes (${advice.fields.join(", ")}) entities of their own`;
    case "loosen":
      return `it was only read: where the work does not rest on that, isolation: "snapshot" does not check it`;
    case "narrow":
      return `list fewer: a filter that only what the work rests on passes keeps other changes of ${advice.type} entities out`;
  }
}

function ruleText({ type, field, rule }: Extract<Advice, { kind: "rule" }>): string {
  const { rule: name, ...more } = rule;
  return JSON.stringify({ merge: { [type]: { [field]: Object.keys(more).length === 0 ? name : rule } } });
}

/** As a shell takes it. */
function word(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
