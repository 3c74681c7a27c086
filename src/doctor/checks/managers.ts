import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { GotError } from "../../base/errors.ts";
import { repositoryBase } from "../../git/repository.ts";
import { readEntry } from "../../install/saved-entry.ts";
import { simpleGitHooksConfig } from "../../install/tiers/simple-git-hooks.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Programs that write hooks, and what starts each by hand. */
const managers = [
  ["husky", "npx husky"],
  ["lefthook", "npx lefthook install"],
  ["simple-git-hooks", "npx simple-git-hooks"],
  ["pre-commit", "pre-commit install"],
] as const;

/** Scripts of `package.json` that npm runs by itself. */
const lifecycle = ["preinstall", "install", "postinstall", "prepare", "prepublish"];

/**
 * Hook managers that are in use here, or will be with the next `npm install`, while our hooks did not come in by their
 * door: the next time they write hooks, ours are gone.
 */
export function checkManagers(subject: Subject): readonly Finding[] {
  const { installation, repository, payload } = subject;
  if (installation.kind !== "recorded" || installation.record.tier === "config") return [];
  const planned = subject.planned();
  if (planned instanceof GotError || planned.tier === "config") return [];
  const { tier } = installation.record;
  const where = repositoryBase(repository);
  const findings: Finding[] = [];
  const program = simpleGitHooksConfig({ repository, payload, view: { read: readEntry } });
  if (planned.tier === "simple-git-hooks" && program?.kind === "program") {
    findings.push(
      finding("manager-evicts", {
        where: program.file,
        observed: "simple-git-hooks has its commands in a program, which got-hooks does not edit",
        expected: "its commands in JSON, so that install can add its line to each",
        command: `npx simple-git-hooks && ${shellCommand("got-hooks", "-C", where, "install")}`,
        repair: null,
      }),
    );
  }
  const start = managers.find(([name]) => name === planned.tier)?.[1];
  if (start !== undefined && planned.tier !== tier) {
    findings.push(
      finding("manager-evicts", {
        where,
        observed: `${planned.tier} manages hooks here; got-hooks was installed for another way in (${tier})`,
        expected: `our hooks enter through ${planned.tier}'s own door`,
        command: shellCommand("got-hooks", "-C", where, "install"),
        repair: { kind: "install", directory: where },
      }),
    );
  }
  for (const [name, command] of managers) {
    const script = startedBy(repository.topLevel, name);
    if (script === null || planned.tier === name) continue;
    findings.push(
      finding("manager-evicts", {
        where: path.join(where, "package.json"),
        observed: `its ${script} script starts ${name}, which has not written hooks here yet`,
        expected: `our hooks enter through ${name}'s own door, once it has`,
        command: `${command} && ${shellCommand("got-hooks", "-C", where, "install")}`,
        repair: null,
      }),
    );
  }
  return findings;
}

/** The script of `package.json` that npm runs by itself and that starts a manager; null when none does. */
function startedBy(topLevel: string | null, manager: string): string | null {
  if (topLevel === null) return null;
  const entry = readEntry(path.join(topLevel, "package.json"));
  if (entry.kind !== "file") return null;
  const scripts = scriptsOf(Buffer.from(entry.content).toString("utf8"));
  const starts = new RegExp(`(^|[\\s;&|/])${manager}(\\s|$)`);
  return lifecycle.find((name) => starts.test(scripts.get(name) ?? "")) ?? null;
}

function scriptsOf(text: string): ReadonlyMap<string, string> {
  try {
    const manifest: unknown = JSON.parse(text);
    const scripts: unknown =
      typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "scripts") : null;
    if (typeof scripts !== "object" || scripts === null) return new Map();
    return new Map(
      Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return new Map();
  }
}
