import { demoAgents, demoCounter, demoTag, logFile, taskFile } from "../demo/agents.ts";
import type { DemoCheck } from "../demo/check-demo.ts";
import type { DemoMerge } from "../demo/demo-git.ts";
import type { DemoResult } from "../demo/play-demo.ts";
import { printable } from "../printable.ts";

export interface DemoData {
  /** Where everything was kept; null when it is gone. */
  readonly folder: string | null;
  readonly withUs: DemoResult;
  readonly checks: readonly DemoCheck[];
  readonly alone: DemoResult;
}

export function demoView(data: DemoData): string {
  const { withUs, alone } = data;
  const lost = alone.merges.filter(({ kind }) => kind === "conflict").length;
  const sections = [
    `${demoAgents.length} agents work at the same time, each in a worktree of its own. Each edits its field of one task, adds the
tag "${demoTag}", counts "${demoCounter}" up by one and appends to one log; then plain git commit, plain git merge.`,
    `== Before ==\n${files(withUs.before)}`,
    `== With got-hooks ==\n${merges(withUs.merges)}\n${files(withUs.after)}`,
    `$ git log --graph --oneline\n${withUs.graph.replaceAll(/ +$/gm, "").trimEnd()}`,
    `Recorded by the hooks: ${Object.entries(withUs.recorded)
      .map(([event, count]) => `${count} ${event}`)
      .join(", ")}.`,
    data.checks.map(({ what, holds }) => `${holds ? "ok    " : "FAILED"} ${what}`).join("\n"),
    `== git alone, the same five branches ==\n${merges(alone.merges)}`,
    alone.firstConflict === null ? "" : `The first conflict, ${taskFile}:\n${indented(alone.firstConflict)}`,
    silentLoss(alone.firstConflict),
    `${lost} of ${alone.merges.length} branches need a person or an agent to sort this out by hand.`,
    data.folder === null ? "" : `Kept: ${data.folder}`,
  ];
  return printable(`${sections.filter((section) => section !== "").join("\n\n")}\n`);
}

/** git finds the same new count on both sides and takes it: no marker tells that one of the two is lost. */
function silentLoss(conflict: string | null): string {
  const unmarked = conflict?.replaceAll(/^<{7} [\s\S]*?^>{7} .*$/gm, "") ?? "";
  if (!new RegExp(`^ *"${demoCounter}": 1,?$`, "m").test(unmarked)) return "";
  return `And what no marker shows: two agents have counted by now, and "${demoCounter}" is 1.`;
}

function merges(list: readonly DemoMerge[]): string {
  return list
    .map(({ branch, kind, conflicts }) => {
      const outcome = kind === "conflict" ? `CONFLICT in ${conflicts.join(", ")}` : kind;
      return `$ git merge ${branch.padEnd(6)} ${outcome}`;
    })
    .join("\n");
}

function files({ task, log }: DemoResult["before"]): string {
  return `${taskFile}\n${indented(task)}\n${logFile}\n${indented(log)}`;
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "  ");
}
