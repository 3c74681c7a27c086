import { GotError } from "../../base/errors.ts";
import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { finding, type Finding } from "../finding.ts";
import { listNames } from "../list-names.ts";
import type { Subject } from "../subject.ts";

/** Whether installing again would change anything, or could not be done. */
export function checkOutdated(subject: Subject): readonly Finding[] {
  if (subject.installation.kind !== "recorded") return [];
  const planned = subject.planned();
  const directory = repositoryBase(subject.repository);
  const command = shellCommand("got-hooks", "-C", directory, "install");
  if (planned instanceof GotError) {
    return [
      finding("install-impossible", {
        where: directory,
        observed: `got-hooks install would fail: ${planned.message}`,
        expected: "got-hooks install can mend what breaks",
        command,
        repair: null,
      }),
    ];
  }
  if (planned.steps.length === 0) return [];
  const places = planned.steps.map((step) => (step.kind === "config" ? step.key : step.path));
  return [
    finding("install-outdated", {
      where: directory,
      observed: `got-hooks install would change ${listNames(places)}`,
      expected: "got-hooks install has nothing to change",
      command,
      repair: { kind: "install", directory },
    }),
  ];
}
