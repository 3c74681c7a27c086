import { spawnSync } from "node:child_process";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { recordedNode } from "../../install/recorded-node.ts";
import { doctorLimits } from "../doctor-limits.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** What a graphical client starts git with: no profile was read, so no version manager has put its Node there. */
const minimalPath = "/usr/bin:/bin";
const oldestNode = 20;

/** Whether drivers and checks find a Node that works, started by a git with a minimal PATH. */
export function checkNode({ installation, repository }: Subject): readonly Finding[] {
  if (installation.kind !== "recorded") return [];
  const node = recordedNode(repository.commonDir);
  const recorded = node.isExecutable ? versionOf(node.path) : null;
  if (recorded !== null && recorded >= oldestNode) return [];
  const found = versionOf("node");
  const otherwise =
    found === null
      ? `PATH=${minimalPath} has none`
      : `PATH=${minimalPath} has Node ${found}, which is used instead`;
  const directory = repositoryBase(repository);
  const observed =
    recorded === null
      ? `the Node that installed (${node.path || "none is recorded"}) is gone or does not start; ${otherwise}`
      : `the Node that installed (${node.path}) is version ${recorded}`;
  return [
    finding("node-unreachable", {
      where: path.join(repository.commonDir, "got", "bin", "node"),
      observed,
      expected: `a Node of version ${oldestNode} or newer that starts without anybody's profile, as graphical clients start git`,
      command: shellCommand("got-hooks", "-C", directory, "install"),
      repair: { kind: "install", directory },
    }),
  ];
}

/** The major version that a program says it has when it is started with a minimal environment; null when it does not. */
function versionOf(program: string): number | null {
  const done = spawnSync(program, ["--version"], {
    encoding: "utf8",
    env: { PATH: minimalPath },
    timeout: doctorLimits.trialMs,
  });
  const major = /^v(\d+)\./.exec(done.stdout ?? "")?.[1];
  return done.status === 0 && major !== undefined ? Number(major) : null;
}
