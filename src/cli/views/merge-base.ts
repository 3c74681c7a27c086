import type { BroughtIn } from "../../audit/bring-in-target.ts";
import { oneLine, printable } from "../printable.ts";
import { decidedText, type ExplainedPathData } from "./explain.ts";

type WithoutExplanation<T> = T extends unknown ? Omit<T, "explanation"> : never;

export interface MergeBaseData {
  readonly target: string;
  readonly dryRun: boolean;
  readonly outcome: WithoutExplanation<BroughtIn>;
  readonly paths: readonly ExplainedPathData[];
  /** The command that publishes the branch. */
  readonly push: string;
}

/** What became of the target, what rules decided, and what to do next. */
export function mergeBaseText(data: MergeBaseData): string {
  return printable(`${outcomeText(data)}${decidedText(data.paths)}${nextText(data)}`);
}

function outcomeText({ outcome, target, dryRun }: MergeBaseData): string {
  switch (outcome.kind) {
    case "refused":
      return `${target} was not merged: ${outcome.reason}. ${outcome.hint}\n`;
    case "up-to-date":
      return `The branch has all of ${target} already.\n`;
    case "fast-forward":
      return dryRun
        ? `${target} has all of the branch: it would be fast-forwarded.\n`
        : `${target} has all of the branch: fast-forwarded to ${outcome.commit.slice(0, 10)}.\n`;
    case "merged":
      return dryRun
        ? `${target} would merge without a conflict.\n`
        : `Merged ${target} as ${outcome.commit.slice(0, 10)}.\n`;
    case "conflict":
      return [
        dryRun
          ? `${target} would conflict in:\n`
          : `${target} is merged but for conflicts, which git has left in:\n`,
        ...outcome.files.map((file) => `  ${oneLine(file)}\n`),
      ].join("");
    case "stopped":
      return `${target} is merged, but not committed: ${outcome.reason}\n`;
  }
}

function nextText({ outcome, dryRun, push }: MergeBaseData): string {
  if (dryRun) return "";
  switch (outcome.kind) {
    case "merged":
    case "fast-forward":
      return `Next: ${push}\n`;
    case "conflict":
      return `Next: got-hooks resolve, what is left by hand, git add, git merge --continue; git merge --abort goes back.\n`;
    case "stopped":
      return `Next: put that right and git merge --continue; git merge --abort goes back.\n`;
    case "up-to-date":
    case "refused":
      return "";
  }
}
