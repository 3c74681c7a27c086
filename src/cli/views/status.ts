import { shellQuoted } from "../../base/shell-quote.ts";
import { repositoryName } from "../../git/repository.ts";
import path from "node:path";
import type { InstallStatus } from "../../install/status.ts";

/** One screen: what is installed, how git reaches it, and what is wrong with what to do about it. */
export function statusText(status: InstallStatus): string {
  const { record, repository } = status;
  const where = repositoryName(repository);
  if (record === null) return `got-hooks is not installed in ${where}; got-hooks install does it.\n`;
  const uninstaller = path.join(repository.commonDir, "got", "bin", "uninstall");
  const lines = [
    `got-hooks ${record.gotVersion} in ${where} (git ${status.git.text}, hooks: ${record.tier})`,
    ...status.hooks.flatMap(({ worktree, reach }) => [
      ...(worktree === null ? ["hooks"] : [`hooks in ${worktree}`]),
      ...reach.map(
        (one) =>
          `  ${mark(one.problem)} ${one.name.padEnd(18)} ${one.problem ?? `${one.place} (${one.through})`}`,
      ),
    ]),
    "merge drivers",
    ...status.drivers.map(
      ({ kind, problem }) => `  ${mark(problem)} got-${kind.padEnd(14)} ${problem ?? "registered"}`,
    ),
    "attributes",
    ...status.attributes.map(
      (one) => `  ${mark(one.problem)} ${one.problem ?? `${one.path} -> ${one.driver}`}`,
    ),
    ...status.problems.map((problem) => `problem: ${problem}`),
    ...status.notes.map((note) => `note: ${note}`),
    status.problems.length === 0 ? "All is well." : "got-hooks install mends what can be mended.",
    `Uninstall without this package: sh ${shellQuoted(uninstaller)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function mark(problem: string | null): string {
  return problem === null ? "ok" : "--";
}
