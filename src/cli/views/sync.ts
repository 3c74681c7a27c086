import { Rewrites } from "../../log/rewrites.ts";
import type { SyncResult } from "../../sync/sync.ts";
import { printable } from "../printable.ts";
import { LogTable } from "./log.ts";

const shownEvents = 20;

/** What was missing, as `got-hooks log` shows it; the newest last. */
export function syncText({
  added,
  adopted,
  dryRun,
  color,
}: SyncResult & { readonly dryRun: boolean; readonly color: boolean }): string {
  const lines: string[] = [];
  const rewrites = new Rewrites();
  for (const event of added) rewrites.see(event);
  if (added.length === 0) lines.push("No events are missing.\n");
  else {
    const count = added.length === 1 ? "1 event" : `${added.length} events`;
    const then = dryRun ? "" : "; the next commit takes them along";
    lines.push(`${dryRun ? "Would add" : "Added"} ${count}${then}:\n`);
    const shown = added.slice(-shownEvents);
    if (added.length > shown.length) lines.push(`(the newest ${shown.length}; --json has all)\n`);
    lines.push(...new LogTable({ color, rewrites }).lines(shown));
  }
  for (const { name, reason } of adopted) {
    const why = reason === "rotated" ? "was rotated away" : "is of a worktree that is gone";
    lines.push(
      printable(
        `${name} in the spool ${why}: the next commit ${dryRun ? "would take" : "takes"} it along.\n`,
      ),
    );
  }
  return lines.join("");
}
