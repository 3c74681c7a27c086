import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { changedPrograms } from "../../install/installed-programs.ts";
import { readEntry } from "../../install/saved-entry.ts";
import { finding, type Finding } from "../finding.ts";
import { listNames } from "../list-names.ts";
import type { Subject } from "../subject.ts";
import { compareVersions } from "../compare-versions.ts";

/** Whether what git starts is, byte for byte, what this version of the package brings. */
export function checkPrograms(subject: Subject): readonly Finding[] {
  const { installation, repository, payload } = subject;
  const directory = repositoryBase(repository);
  const mend = {
    command: shellCommand("got-hooks", "-C", directory, "install"),
    repair: { kind: "install", directory },
  } as const;
  if (installation.kind === "none") return [];
  if (installation.kind === "unreadable") {
    return [
      finding("record-broken", {
        where: path.join(repository.commonDir, "got", "install.json"),
        observed: installation.error.message,
        expected: "the record that install wrote",
        command: null,
        repair: null,
      }),
    ];
  }
  const { record } = installation;
  const where = path.join(repository.commonDir, "got", "bin");
  const findings: Finding[] = [];
  if (record.state !== "installed") {
    findings.push(
      finding("install-interrupted", {
        where: repository.commonDir,
        observed: `an ${record.state === "installing" ? "install" : "uninstall"} was begun and not ended`,
        expected: "an installation that is whole",
        ...mend,
      }),
    );
  }
  const changed = new Map(
    changedPrograms(record, repository.commonDir).map((file) => [file.path, file.isMissing]),
  );
  if (record.gotVersion === payload.gotVersion) {
    for (const { name, content } of payload.bin) {
      const entry = readEntry(path.join(where, name));
      if (entry.kind === "file" && Buffer.compare(entry.content, content) === 0) continue;
      changed.set(path.join(where, name), entry.kind === "absent");
    }
  } else findings.push(otherVersion(subject, record.gotVersion, mend));
  if (changed.size > 0) {
    const names = [...changed].map(
      ([file, isMissing]) => `${path.relative(where, file)} ${isMissing ? "is missing" : "differs"}`,
    );
    findings.push(
      finding("program-changed", {
        where,
        observed: listNames(names),
        expected: `the ${payload.bin.length} programs of got-hooks ${record.gotVersion}, byte for byte`,
        ...mend,
      }),
    );
  }
  return findings;
}

function otherVersion(
  { payload, repository }: Subject,
  installed: string,
  mend: Pick<Finding, "command" | "repair">,
): Finding {
  const isOlder = compareVersions(installed, payload.gotVersion) < 0;
  return finding(isOlder ? "version-older" : "version-newer", {
    where: repository.commonDir,
    observed: `got-hooks ${installed} is installed`,
    expected: `got-hooks ${payload.gotVersion}, the version of this package`,
    ...(isOlder ? mend : { command: "npm install --save-dev got-hooks@latest", repair: null }),
  });
}
