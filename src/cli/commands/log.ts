import path from "node:path";
import type { Argv } from "yargs";
import { GotError } from "../../base/errors.ts";
import { type GitRepository, openRepository, repositoryBase } from "../../git/repository.ts";
import { listWorktrees } from "../../git/worktrees.ts";
import { type AllInputs, listAllInputs, openAllInputs } from "../../log/all-inputs.ts";
import { Follower } from "../../log/follow.ts";
import { logFolders } from "../../log/list-inputs.ts";
import type { LogProblem, Position } from "../../log/log.ts";
import { newestEvents } from "../../log/newest-events.ts";
import { readEvents } from "../../log/read-events.ts";
import { Rewrites } from "../../log/rewrites.ts";
import { Ring } from "../../log/ring.ts";
import { spoolDirectory } from "../../log/spool.ts";
import { compareEvents, type LogEvent } from "../../model/event.ts";
import type { Command, Outcome } from "../command.ts";
import { checkedLimit } from "../checked-limit.ts";
import type { Context } from "../context.ts";
import { eventFilter } from "../event-filter.ts";
import { eventPlaces } from "../event-places.ts";
import { noteProblems } from "../open-event-log.ts";
import { readMoment } from "../read-moment.ts";
import { LogTable } from "../views/log.ts";

interface LogArgs {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly agent: string | undefined;
  readonly event: string | undefined;
  readonly entity: string | undefined;
  readonly branch: string | undefined;
  readonly limit: number;
  readonly follow: boolean;
  readonly json: boolean;
}

const defaultLimit = 50;

/** Shows the events of all worktrees, those that are committed and those that wait for a commit, in their total order. */
export const logCommand: Command<LogArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .option("since", {
        type: "string",
        requiresArg: true,
        describe: "From here on: 2h, 3d, a time (ISO-8601), an event's id, a commit",
      })
      .option("until", { type: "string", requiresArg: true, describe: "To here, named in the same ways" })
      .option("agent", { type: "string", requiresArg: true, describe: "Of this agent only" })
      .option("event", {
        type: "string",
        requiresArg: true,
        describe: "Of this name only; git.* is all of git's",
      })
      .option("entity", {
        type: "string",
        requiresArg: true,
        describe: "About this entity only: task:T-1, T-1, or task:* for all of a type",
      })
      .option("branch", { type: "string", requiresArg: true, describe: "On this branch only" })
      .option("limit", {
        type: "number",
        default: defaultLimit,
        requiresArg: true,
        describe: "The newest so many; 0 is all",
      })
      .option("follow", {
        type: "boolean",
        default: false,
        describe: "Go on with what comes in, until interrupted; with --json an event a line",
      })
      .option("json", { type: "boolean", default: false, describe: "Print the events as JSON" })
      .example("$0 log --since 2h", "what everybody did in the last two hours")
      .example("$0 log --agent ada --event 'git.*' --follow", "what ada does with git, as it happens")
      .example("$0 log --entity task:T-1 --limit 0", "everything that ever happened to a task"),
  run: async (context, args) => {
    checkedLimit(args.limit);
    if (args.follow && args.until !== undefined)
      throw new GotError("USAGE", "--follow has no end, so it can't be used with --until");
    const repository = openRepository(context.cwd, context.env);
    const places = eventPlaces(repository);
    const problems: LogProblem[] = [];
    const opened = openAllInputs(places, (problem) => problems.push(problem));
    let range: Range;
    try {
      range = readRange(context, { cwd: repositoryBase(repository), inputs: opened.inputs }, args);
      if (!args.follow && args.limit > 0) return newest(context, args, { opened, range, problems });
    } catch (error) {
      opened.close();
      throw error;
    }
    if (!args.follow)
      return { data: null, text: "", stream: everything(context, args, { opened, range, problems }) };
    opened.close();
    return { data: null, text: "", stream: following(context, args, { repository, range }) };
  },
};

interface Range {
  readonly since: Position | undefined;
  readonly until: Position | undefined;
}

interface Reading {
  readonly opened: AllInputs;
  readonly range: Range;
  readonly problems: LogProblem[];
}

function newest(context: Context, args: LogArgs, { opened, range, problems }: Reading): Outcome {
  const rewrites = new Rewrites();
  const { events, isAll } = newestEvents(opened.inputs, {
    ...range,
    count: args.limit,
    matches: eventFilter(args),
    onEvent: (event) => rewrites.see(event),
    onProblem: (problem) => problems.push(problem),
  });
  opened.close();
  noteProblems(context, problems, "");
  const table = new LogTable({ color: context.color, rewrites });
  const lines = table.lines(events);
  if (!isAll) lines.unshift(table.moreLine(events.length));
  if (events.length === 0) lines.push("No events.\n");
  const data = { events, isAll, rewritten: rewrites.pairs(), problems };
  return { data, text: lines.join("") };
}

/** How much text is printed at once. */
const pieceCharacters = 64 * 1024;

/** All that matches, in memory that does not grow with it. */
async function* everything(
  context: Context,
  args: LogArgs,
  { opened, range, problems }: Reading,
): AsyncGenerator<string, void, void> {
  const matches = eventFilter(args);
  const rewrites = new Rewrites();
  try {
    const table = new LogTable({ color: context.color, rewrites });
    if (!args.json) {
      // What a commit has become is told by events that come later, and how wide a column is by all of them.
      for (const event of readEvents(opened.inputs, { since: range.since, onProblem: () => {} })) {
        rewrites.see(event);
        if (matches(event)) table.fit([event]);
      }
    }
    let piece = args.json ? '{"version":1,"command":"log","data":{"events":[' : "";
    let count = 0;
    const reading = { ...range, onProblem: (problem: LogProblem) => problems.push(problem) };
    for (const event of readEvents(opened.inputs, reading)) {
      if (args.json) rewrites.see(event);
      if (!matches(event)) continue;
      piece += args.json ? `${count > 0 ? "," : ""}${JSON.stringify(event)}` : table.line(event);
      count++;
      if (piece.length < pieceCharacters) continue;
      yield piece;
      piece = "";
    }
    noteProblems(context, problems, "");
    const end = { isAll: true, rewritten: rewrites.pairs(), problems };
    if (args.json) piece += `],${JSON.stringify(end).slice(1)}}\n`;
    else if (count === 0) piece = "No events.\n";
    yield piece;
  } finally {
    opened.close();
  }
}

/** The newest ones that there are, then what comes in. */
async function* following(
  context: Context,
  args: LogArgs,
  { repository, range }: { readonly repository: GitRepository; readonly range: Range },
): AsyncGenerator<string, void, void> {
  const matches = eventFilter(args);
  const rewrites = new Rewrites();
  const problems: LogProblem[] = [];
  const signal = context.interruption();
  let places = eventPlaces(repository);
  const follower = new Follower({
    signal,
    onProblem: (problem) => problems.push(problem),
    list: () => {
      // Worktrees come and go; a folder that is gone is passed over.
      places = eventPlaces({ ...repository, worktrees: worktreesOf(repository) });
      return listAllInputs(places, () => {});
    },
    folders: () => [
      spoolDirectory(places.commonDir),
      path.join(places.commonDir, "worktrees"),
      ...places.workTrees.flatMap((top) => logFolders.map(({ folder }) => path.join(top, ".got", folder))),
    ],
  });
  try {
    const kept = new Ring<LogEvent>(args.limit);
    for (const event of follower.before()) {
      rewrites.see(event);
      if (range.since !== undefined && compareEvents(event, { id: "", ...range.since }) < 0) continue;
      if (matches(event)) kept.push(event);
    }
    noteProblems(context, problems, "");
    const table = new LogTable({ color: context.color, rewrites });
    const lineOf = (event: LogEvent): string =>
      args.json ? `${JSON.stringify(event)}\n` : table.line(event);
    if (!args.json) table.fit(kept.all());
    if (kept.pushed > 0)
      yield kept
        .all()
        .map((event) => lineOf(event))
        .join("");
    for await (const event of follower.after()) {
      rewrites.see(event);
      if (matches(event)) yield lineOf(event);
    }
  } finally {
    follower.close();
  }
}

function readRange(
  context: Context,
  place: Parameters<typeof readMoment>[1],
  { since, until }: Pick<LogArgs, "since" | "until">,
): Range {
  return {
    since: since === undefined ? undefined : readMoment(context, place, "--since", since),
    until: until === undefined ? undefined : readMoment(context, place, "--until", until),
  };
}

function worktreesOf(repository: GitRepository): GitRepository["worktrees"] {
  try {
    return listWorktrees({ cwd: repositoryBase(repository), env: repository.env });
  } catch {
    // The worktree that we were started in is gone.
    return repository.worktrees;
  }
}
