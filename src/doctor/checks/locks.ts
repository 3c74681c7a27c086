import { lstatSync } from "node:fs";
import path from "node:path";
import { shellCommand } from "../../base/shell-quote.ts";
import { repositoryBase } from "../../git/repository.ts";
import { type InspectedHolder, inspectLocks } from "../../lock/file/inspect-locks.ts";
import type { Death } from "../../lock/file/judge-holder.ts";
import { createLadderContext } from "../../lock/file/ladder-context.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** Locks of ours whose holders are dead, which is proved, or cannot be judged. Living ones are as it should be. */
export function checkLocks({ repository }: Subject): readonly Finding[] {
  const directory = path.join(repository.commonDir, "got", "locks");
  if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const got = ["got-hooks", "-C", repositoryBase(repository)];
  return inspectLocks(directory, createLadderContext()).flatMap((held): readonly Finding[] => {
    const facts = { where: held.file, observed: `the lock ${held.resource} ${stateText(held)}` };
    switch (held.state) {
      case "alive":
        return [];
      case "dead":
        return [
          finding("lock-stale", {
            ...facts,
            expected: "a lock is given back before its holder ends",
            command: shellCommand(...got, "doctor", "--fix"),
            repair: { kind: "stale-lock", directory: path.dirname(held.file), file: held.file },
          }),
        ];
      case "stopped":
        return [
          finding("lock-stopped", {
            ...facts,
            expected: "the holder of a lock runs",
            command: `kill -CONT ${held.record?.pid ?? ""}`,
            repair: null,
          }),
        ];
      case "unknown":
        return [
          finding("lock-unjudged", {
            ...facts,
            expected: "a holder on this machine, in this container, with a record that is whole",
            command: shellCommand(...got, "lock", "break", held.resource, "--reason", "its holder is gone"),
            repair: null,
          }),
        ];
    }
  });
}

function stateText({ record, state, death }: InspectedHolder): string {
  if (record === undefined) {
    return state === "dead"
      ? "has a torn record from before this boot"
      : "has a record that is torn or from a newer version";
  }
  const who = `is held by process ${record.pid} on ${record.host} since ${record.since} (${record.what ?? "it does not say what for"})`;
  switch (state) {
    case "dead":
      return `${who}, which is dead: ${death === null ? "" : deathText(death, record.start)}`;
    case "stopped":
      return `${who}, which is stopped`;
    case "alive":
    case "unknown":
      return `${who}, which can't be judged from here`;
  }
}

function deathText(death: Death, start: string): string {
  switch (death) {
    case "anotherBoot":
      return "the machine was started anew since";
    case "noSuchProcess":
      return "the kernel knows no such process";
    case "anotherStart":
      return `the process that has this number now was not started at ${start}`;
    case "ended":
      return "it has ended";
  }
}
