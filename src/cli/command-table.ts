import { anyCommand, type CommandEntry } from "./command.ts";

/**
 * Every command, in the order of `--help`. Only the one that was typed is loaded: a command's imports cost nobody else
 * their start-up time.
 */
export const commandTable: readonly CommandEntry[] = [
  {
    usage: "install",
    summary: "Put hooks and merge drivers into this repository",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/install.ts")).installCommand),
    }),
  },
  {
    usage: "uninstall",
    summary: "Take got-hooks out again and restore every byte",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/uninstall.ts")).uninstallCommand),
    }),
  },
  {
    usage: "status",
    summary: "Show what is installed here and whether git reaches it",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/status.ts")).statusCommand),
    }),
  },
  {
    usage: "doctor",
    summary: "Examine the installation, all worktrees and the data, and say how to mend them",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/doctor.ts")).doctorCommand),
    }),
  },
  {
    usage: "demo",
    summary: "Show five agents merging one task, with got-hooks and without",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/demo.ts")).demoCommand),
    }),
  },
  {
    usage: "task",
    summary: "Make tasks, claim them for one agent alone, and close them",
    load: async () => ({ kind: "group", entries: (await import("./commands/task.ts")).entries }),
  },
  {
    usage: "checklist",
    summary: "Keep lists of things to do that any merge leaves the same everywhere",
    load: async () => ({ kind: "group", entries: (await import("./commands/checklist.ts")).entries }),
  },
  {
    usage: "decision",
    summary: "Write decisions down, accept, reject and supersede them",
    load: async () => ({ kind: "group", entries: (await import("./commands/decision.ts")).entries }),
  },
  {
    usage: "note",
    summary: "Write notes on entities and commits, and find them there",
    load: async () => ({ kind: "group", entries: (await import("./commands/note.ts")).entries }),
  },
  {
    usage: "log",
    summary: "Show what happened: the events of all worktrees, committed and waiting",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/log.ts")).logCommand),
    }),
  },
  {
    usage: "preview <branches..>",
    summary: "Show how merges would come out, without touching anything",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/preview.ts")).previewCommand),
    }),
  },
  {
    usage: "resolve [paths..]",
    summary: "Resolve files in conflict by meaning, and stage them",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/resolve.ts")).resolveCommand),
    }),
  },
  {
    usage: "merge-base [target]",
    summary: "Merge a branch's target into it here, with the drivers, ready to push",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/merge-base.ts")).mergeBaseCommand),
    }),
  },
  {
    usage: "explain [commit]",
    summary: "List what rules decided in a merge, and what lost",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/explain.ts")).explainCommand),
    }),
  },
  {
    usage: "verify [range]",
    summary: "Check that merges, wherever they were made, lost nothing",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/verify.ts")).verifyCommand),
    }),
  },
  {
    usage: "sync",
    summary: "Record what the hooks have missed, from the reflogs",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/sync.ts")).syncCommand),
    }),
  },
  {
    usage: "entity",
    summary: "Create, read, change and list entities",
    load: async () => ({ kind: "group", entries: (await import("./commands/entity.ts")).entries }),
  },
  {
    usage: "edge",
    summary: "Join entities, and list what joins them",
    load: async () => ({ kind: "group", entries: (await import("./commands/edge.ts")).entries }),
  },
  {
    usage: "event",
    summary: "Append to the event log and read it",
    load: async () => ({ kind: "group", entries: (await import("./commands/event.ts")).entries }),
  },
  {
    usage: "fsck",
    summary: "Check all entities and the edges between them",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/fsck.ts")).fsckCommand),
    }),
  },
  {
    usage: "lock",
    summary: "Run a command under a lock; list, watch and break locks",
    load: async () => ({ kind: "group", entries: (await import("./commands/lock.ts")).entries }),
  },
  {
    usage: "metrics [what]",
    summary: "Show what locks and transactions met: waits, conflicts, and what to do about them",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/metrics.ts")).metricsCommand),
    }),
  },
  {
    usage: "policy",
    summary: "Check the merge policy, or explain what it does to a field",
    load: async () => ({ kind: "group", entries: (await import("./commands/policy.ts")).entries }),
  },
  {
    usage: "trust",
    summary: "Approve, once per exact text, what a repository would like to run",
    load: async () => ({ kind: "group", entries: (await import("./commands/trust.ts")).entries }),
  },
  {
    usage: "merge-driver <kind> <base> <ours> <theirs>",
    summary: "Merge three versions of a file by meaning, without git",
    load: async () => ({
      kind: "command",
      command: anyCommand((await import("./commands/merge-driver.ts")).mergeDriverCommand),
    }),
  },
];
