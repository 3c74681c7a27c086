import { readFileSync } from "node:fs";
import path from "node:path";
import { limits } from "../../base/limits.ts";
import { finding, type Finding } from "../finding.ts";
import { shellCommand } from "../../base/shell-quote.ts";
import type { Subject } from "../subject.ts";

/** The clock that hooks and log share never runs backwards: a stamp from the future, once noted, is every later event's too. */
export function checkClock({ repository, options }: Subject): readonly Finding[] {
  const file = path.join(repository.commonDir, "got", "clock");
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch {
    return [];
  }
  const stampMs = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  const aheadMs = stampMs - options.now().getTime();
  if (aheadMs <= limits.eventSkewMs) return [];
  return [
    finding("clock-ahead", {
      where: file,
      observed: `it is ${Math.floor(aheadMs / (60 * 60 * 1000))} hours ahead of this machine's clock`,
      expected: "at most a day ahead",
      command: shellCommand("rm", "--", file),
      repair: { kind: "move-away", file },
    }),
  ];
}
