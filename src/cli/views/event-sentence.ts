import { eventMembers, type LogEvent } from "../../model/event.ts";
import { printable } from "../printable.ts";

const valueMax = 60;
const payloadMax = 160;
const oidShown = 7;

/**
 * Says in one line what an event tells. What is in an event was written by anybody: a member that is missing or of another kind
 * is left out or shown as it is, and nothing in it can steer the terminal or begin another line.
 */
export function eventSentence(event: LogEvent): string {
  switch (event.event) {
    case "git.commit":
      return commitSentence(event);
    case "git.merge":
      return mergeSentence(event);
    case "git.rewrite":
      return rewriteSentence(event);
    case "git.checkout":
      return checkoutSentence(event);
    case "git.push":
      return pushSentence(event);
    case "entity.created":
    case "entity.updated":
    case "entity.deleted":
      return entitySentence(event);
    case "task.claimed":
    case "task.released":
    case "task.closed":
    case "task.reopened":
      return taskSentence(event);
    default:
      return event.event.startsWith("checklist.item_") ? checklistSentence(event) : otherSentence(event);
  }
}

/** Text in a table: on one line, at most so long, without control characters. */
export function cell(text: string, max: number, more = "…"): string {
  const line = printable(
    text
      .slice(0, max + 1)
      .replaceAll("\n", "\\n")
      .replaceAll("\t", " "),
  );
  return text.length > max ? `${line.slice(0, more === "" ? max : max - 1)}${more}` : line;
}

function commitSentence(event: LogEvent): string {
  const during = { rebase: " during a rebase", am: " from a patch" }[textOf(event["during"])] ?? "";
  return `committed ${oid(event["commit"])}${onBranch(event)}${during}`;
}

function mergeSentence(event: LogEvent): string {
  const branch = branchOf(event) ?? "a detached HEAD";
  switch (event["kind"]) {
    case "fast-forward":
      return `fast-forwarded ${branch} to ${oid(event["commit"])}`;
    case "squash":
      return `squashed a merge onto ${branch}, to be committed`;
    default: {
      const parents = listOf(event["parents"])
        .slice(1)
        .map((parent) => oid(parent));
      const merged = parents.length === 0 ? "something" : parents.join(", ");
      return `merged ${cell(merged, valueMax)} into ${branch}: ${oid(event["commit"])}`;
    }
  }
}

function rewriteSentence(event: LogEvent): string {
  const pairs = listOf(event["commits"]).map((pair) => listOf(pair));
  const [from, to] = pairs.at(-1) ?? [];
  if (event["kind"] === "amend") return `amended ${oid(from)} to ${oid(to)}${onBranch(event)}`;
  const what = event["kind"] === "rebase" ? "rebased" : "rewrote";
  const count = pairs.length === 1 ? "1 commit" : `${pairs.length} commits`;
  return `${what} ${count}${onBranch(event)}: the last ${oid(from)} to ${oid(to)}`;
}

function checkoutSentence(event: LogEvent): string {
  const [from, to] = [textOf(event["old"]), textOf(event["new"])];
  if (event["kind"] === "paths") return `restored files from ${oid(to)}`;
  const branch = branchOf(event) ?? "a detached HEAD";
  if (/^0*$/.test(from)) return `checked out ${branch} at ${oid(to)}, the first time here`;
  return from === to
    ? `switched to ${branch} at ${oid(to)}`
    : `switched to ${branch}: ${oid(from)} to ${oid(to)}`;
}

function pushSentence(event: LogEvent): string {
  const remote = cell(textOf(event["remote"]) || textOf(event["url"]) || "somewhere", valueMax);
  const refs = listOf(event["refs"]).map((ref) => pushedRef(ref));
  const total = typeof event["refs_total"] === "number" ? event["refs_total"] : refs.length;
  const more = total > shownRefs ? ` and ${total - shownRefs} more` : "";
  return `pushed to ${remote}: ${refs.slice(0, shownRefs).join(", ")}${more}`;
}

const shownRefs = 3;

function pushedRef(ref: unknown): string {
  if (typeof ref !== "object" || ref === null) return "?";
  const { ref: name, old: from, new: to }: { ref?: unknown; old?: unknown; new?: unknown } = ref;
  const short = cell(textOf(name).replace(/^refs\/(?:heads|tags)\//, ""), valueMax);
  if (/^0+$/.test(textOf(to))) return `${short} deleted`;
  if (/^0+$/.test(textOf(from))) return `${short} new at ${oid(to)}`;
  return `${short} ${oid(from)} to ${oid(to)}`;
}

function entitySentence(event: LogEvent): string {
  const verb = event.event.slice("entity.".length);
  const ref = cell(textOf(event["ref"]) || textOf(event["entity"]) || "an entity", valueMax);
  const { fields } = event;
  const names =
    typeof fields === "object" && fields !== null && verb === "updated" ? Object.keys(fields) : [];
  const changed = names.length === 0 ? "" : `: ${cell(names.join(", "), valueMax)}`;
  const version = typeof event["version"] === "number" ? ` (version ${event["version"]})` : "";
  return `${verb} ${ref}${version}${changed}`;
}

function taskSentence(event: LogEvent): string {
  const verb = event.event.slice("task.".length);
  const id = cell(textOf(event["ref"]).replace(/^task:/, "") || "a task", valueMax);
  // A release names whoever had it, which mostly is who released it.
  const from = textOf(event["from"]);
  const whose =
    from === "" || from === event.agent ? "" : `, ${fromWords[verb] ?? "of"} ${cell(from, valueMax)}`;
  return `${verb} ${id}${whose}${trailing(event["reason"])}`;
}

const fromWords: Readonly<Record<string, string>> = {
  claimed: "taken from",
  closed: "claimed by",
  released: "held by",
};

function checklistSentence(event: LogEvent): string {
  const list = cell(textOf(event["list"]) || "a checklist", valueMax);
  const item = cell(textOf(event["item"]) || "an item", valueMax);
  const text = trailing(event["text"]);
  switch (event.event.slice("checklist.item_".length)) {
    case "added":
      return `added ${item} to ${list}${text}`;
    case "changed":
      return `changed ${item} of ${list}${text}`;
    case "moved":
      return `moved ${item} in ${list}`;
    case "done":
      return `marked ${item} of ${list} done`;
    case "reopened":
      return `opened ${item} of ${list} again`;
    case "removed":
      return `removed ${item} from ${list}`;
    default:
      return otherSentence(event);
  }
}

function trailing(value: unknown): string {
  const text = textOf(value);
  return text === "" ? "" : `: ${cell(text, payloadMax)}`;
}

const shownElsewhere: ReadonlySet<string> = new Set([...eventMembers, "worktree", "source"]);

function otherSentence(event: LogEvent): string {
  const members = Object.entries(event).filter(([member]) => !shownElsewhere.has(member));
  const pairs = members.map(([member, value]) => {
    const text = typeof value === "string" && !/[\s"]/.test(value) ? value : JSON.stringify(value);
    return `${cell(member, valueMax)}=${cell(text, valueMax)}`;
  });
  return `${cell(event.event, valueMax)} ${cell(pairs.join(" "), payloadMax)}`.trimEnd();
}

function onBranch(event: LogEvent): string {
  const branch = branchOf(event);
  return branch === null ? "" : ` on ${branch}`;
}

function branchOf(event: LogEvent): string | null {
  const branch = textOf(event["branch"]);
  return branch === "" ? null : cell(branch, valueMax);
}

function oid(value: unknown): string {
  const text = textOf(value);
  return text === "" ? "?" : cell(text, oidShown, "");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
