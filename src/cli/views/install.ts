import { repositoryName } from "../../git/repository.ts";
import type { InstallResult } from "../../install/install.ts";
import type { Proof } from "../../install/prove.ts";
import { stepDiff } from "./step-diff.ts";

/** What `install` did, for people: first the fact, then what to know, then what to type next. */
export function installText(result: InstallResult, proof: Proof | null): string {
  const notes = result.notes.map((note) => `note: ${note}\n`).join("");
  const proved = proof === null ? "" : proofText(proof);
  if (result.kind === "planned") {
    return result.steps.length === 0 ? `Nothing would change.\n${notes}` : stepDiff(result.steps) + notes;
  }
  const where = repositoryName(result.repository);
  if (result.kind === "unchanged") {
    return `got-hooks ${result.gotVersion} is installed in ${where}; nothing had to change.\n${proved}${notes}`;
  }
  const upgraded = result.previousVersion !== null && result.previousVersion !== result.gotVersion;
  const done = upgraded
    ? `Upgraded got-hooks ${result.previousVersion} to ${result.gotVersion}`
    : `Installed got-hooks ${result.gotVersion}`;
  return `${done} in ${where} (${tierTexts[result.tier]}).\n${proved}${notes}${nextSteps(result)}`;
}

function proofText(proof: Proof): string {
  if (proof.kind === "proved") return proof.facts.map((fact) => `Proved: ${fact}.\n`).join("");
  return `The drivers do not work: ${proof.reason}. Merges fall back to plain text; got-hooks status says what is missing.\n`;
}

const tierTexts: Readonly<Record<InstallResult["tier"], string>> = {
  config: "hooks through git's configuration",
  husky: "hooks through husky",
  lefthook: "hooks beside lefthook",
  "simple-git-hooks": "hooks beside simple-git-hooks",
  "pre-commit": "hooks beside pre-commit",
  "hooks-path": "hooks in the directory of core.hooksPath",
  stubs: "hooks in git's hooks directory",
};

function nextSteps(result: InstallResult): string {
  if (result.repository.topLevel === null) return "Next: got-hooks status\n";
  return "Next: git add .gitattributes .got && git commit, so that clones merge the same way; got-hooks status shows the rest.\n";
}
