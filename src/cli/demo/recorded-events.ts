import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** How many events of git the hooks have recorded, by name, in tracked logs and the spool; each id counts once. */
export function recordedEvents(repository: string): Readonly<Record<string, number>> {
  const names = new Map<string, string>();
  for (const folder of [
    path.join(repository, ".got", "events"),
    path.join(repository, ".git", "got", "spool"),
  ]) {
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl"))) {
      for (const line of readFileSync(path.join(folder, file), "utf8").split("\n")) {
        const [, id, event] = /^\{"id":"([^"]+)".*?"event":"(git\.\w+)"/.exec(line) ?? [];
        if (id !== undefined && event !== undefined) names.set(id, event);
      }
    }
  }
  const counts: Record<string, number> = {};
  for (const event of [...names.values()].sort()) counts[event] = (counts[event] ?? 0) + 1;
  return counts;
}
