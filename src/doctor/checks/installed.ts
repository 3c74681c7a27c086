import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Whether got-hooks is installed at all. */
export function checkInstalled({ installation, repository }: Subject): readonly Finding[] {
  if (installation.kind !== "none") return [];
  return [
    finding("not-installed", {
      where: repository.commonDir,
      observed: "got-hooks is not installed in this repository",
      expected: "hooks, merge drivers and attributes, as got-hooks install puts them here",
      command: shellCommand("got-hooks", "-C", repositoryBase(repository), "install"),
      repair: null,
    }),
  ];
}
