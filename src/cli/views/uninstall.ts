import { repositoryName } from "../../git/repository.ts";
import type { UninstallResult } from "../../install/uninstall.ts";
import { stepDiff } from "./step-diff.ts";

export function uninstallText(result: UninstallResult): string {
  const where = repositoryName(result.repository);
  const notes = result.notes.map((note) => `note: ${note}\n`).join("");
  switch (result.kind) {
    case "not-installed":
      return notes === "" ? `got-hooks is not installed in ${where}; nothing had to change.\n` : notes;
    case "planned":
      return stepDiff(result.steps) + notes;
    case "uninstalled":
      return `Removed got-hooks from ${where}; everything is as it was before it was installed.\n${notes}`;
  }
}
