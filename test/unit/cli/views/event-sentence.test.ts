import t from "tap";
import { eventSentence } from "../../../../src/cli/views/event-sentence.ts";
import { LogTable } from "../../../../src/cli/views/log.ts";
import type { LogEvent } from "../../../../src/model/event.ts";

const [a, b] = ["a".repeat(40), "b".repeat(40)];
const zeros = "0".repeat(40);

await t.test("each kind of event is a sentence", (t) => {
  for (const [more, sentence] of [
    [{ event: "git.commit", commit: a, branch: "main" }, "committed aaaaaaa on main"],
    [{ event: "git.commit", commit: a, branch: null, during: "rebase" }, "committed aaaaaaa during a rebase"],
    [{ event: "git.commit", commit: a, branch: "m", during: "am" }, "committed aaaaaaa on m from a patch"],
    [
      { event: "git.merge", kind: "merge", commit: a, parents: [a, b], branch: "m" },
      "merged bbbbbbb into m: aaaaaaa",
    ],
    [{ event: "git.merge", kind: "fast-forward", commit: a, branch: "m" }, "fast-forwarded m to aaaaaaa"],
    [{ event: "git.merge", kind: "squash", branch: "m" }, "squashed a merge onto m, to be committed"],
    [
      { event: "git.rewrite", kind: "amend", commits: [[a, b]], branch: "m" },
      "amended aaaaaaa to bbbbbbb on m",
    ],
    [
      {
        event: "git.rewrite",
        kind: "rebase",
        commits: [
          [b, a],
          [a, b],
        ],
        branch: "m",
      },
      "rebased 2 commits on m: the last aaaaaaa to bbbbbbb",
    ],
    [
      { event: "git.checkout", kind: "branch", old: a, new: b, branch: "m" },
      "switched to m: aaaaaaa to bbbbbbb",
    ],
    [
      { event: "git.checkout", kind: "branch", old: a, new: a, branch: null },
      "switched to a detached HEAD at aaaaaaa",
    ],
    [
      { event: "git.checkout", kind: "branch", old: zeros, new: a, branch: "m" },
      "checked out m at aaaaaaa, the first time here",
    ],
    [{ event: "git.checkout", kind: "paths", old: a, new: a }, "restored files from aaaaaaa"],
    [
      {
        event: "git.push",
        remote: "origin",
        refs: [
          { ref: "refs/heads/m", old: a, new: b },
          { ref: "refs/heads/n", old: zeros, new: b },
          { ref: "refs/tags/t", old: a, new: zeros },
          { ref: "refs/heads/o", old: a, new: b },
        ],
      },
      "pushed to origin: m aaaaaaa to bbbbbbb, n new at bbbbbbb, t deleted and 1 more",
    ],
    [
      { event: "entity.created", ref: "task:T-1", version: 1, fields: { a: 1 } },
      "created task:T-1 (version 1)",
    ],
    [
      { event: "entity.updated", ref: "task:T-1", version: 2, fields: { a: 1, b: 2 } },
      "updated task:T-1 (version 2): a, b",
    ],
    [{ event: "task.claimed", ref: "task:T-1", token: 1 }, "claimed T-1"],
    [
      { event: "task.claimed", ref: "task:T-1", token: 2, from: "bob", reason: "he is gone" },
      "claimed T-1, taken from bob: he is gone",
    ],
    [{ event: "task.closed", ref: "task:T-1", token: 3, reason: "fixed\nall" }, "closed T-1: fixed\\nall"],
    [{ event: "task.closed", ref: "task:T-1", reason: null, from: "bob" }, "closed T-1, claimed by bob"],
    [{ event: "task.released", ref: "task:T-1", from: "ada", reason: null }, "released T-1"],
    [{ event: "task.released", ref: "task:T-1", from: "bob" }, "released T-1, held by bob"],
    [{ event: "task.reopened", ref: "task:T-1", reason: "it is back" }, "reopened T-1: it is back"],
    [
      { event: "checklist.item_added", list: "checklist:r", item: "k3f9", text: "Tag it", place: "last" },
      "added k3f9 to checklist:r: Tag it",
    ],
    [{ event: "checklist.item_changed", list: "l", item: "i", text: "x" }, "changed i of l: x"],
    [{ event: "checklist.item_moved", list: "l", item: "i", place: "first" }, "moved i in l"],
    [{ event: "checklist.item_done", list: "l", item: "i" }, "marked i of l done"],
    [{ event: "checklist.item_reopened", list: "l", item: "i" }, "opened i of l again"],
    [{ event: "checklist.item_removed", list: "l", item: "i" }, "removed i from l"],
    [{ event: "checklist.item_else", list: "l" }, "checklist.item_else list=l"],
    [{ event: "task.blocked", task: "T-1", note: "two words" }, 'task.blocked task=T-1 note="two words"'],
  ] as const) {
    t.equal(eventSentence(event(more)), sentence);
  }
  t.end();
});

await t.test("whatever stands in an event, its line is one line and steers no terminal", (t) => {
  const evil = "\u001B[2J\u001B]0;title\u0007\n2026-11-21 00:00:00Z  root  main\r\u202E\u009B1m";
  const table = new LogTable({ color: false, rewrites: { replacementOf: () => evil } });
  for (const name of [
    "git.commit",
    "git.merge",
    "git.rewrite",
    "git.checkout",
    "git.push",
    "entity.updated",
    "task.closed",
    "checklist.item_added",
    "__proto__",
    evil,
  ]) {
    for (const value of [
      evil,
      [evil],
      [[evil, evil]],
      [{ ref: evil, old: evil, new: evil }],
      { [evil]: evil },
      7,
      null,
    ]) {
      const members = [
        "branch",
        "commit",
        "kind",
        "parents",
        "commits",
        "old",
        "new",
        "refs",
        "remote",
        "ref",
        "fields",
        "from",
        "reason",
        "list",
        "item",
        "text",
        "worktree",
        evil,
      ];
      const odd = event({
        event: name,
        agent: evil,
        ...Object.fromEntries(members.map((member) => [member, value])),
      });
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      t.match(table.line(odd), /^[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]{1,1000}\n$/, name);
    }
  }
  t.end();
});

await t.test("colours are there only when they are asked for, and what was rewritten is struck out", (t) => {
  const commit = event({ event: "git.commit", commit: a, branch: "main", worktree: "w" });
  const rewrites = { replacementOf: () => b };
  t.equal(
    new LogTable({ color: false, rewrites }).line(commit),
    "2026-11-21 00:00:00Z  ada     w     committed aaaaaaa on main (rewritten to bbbbbbb)\n",
  );
  t.match(
    new LogTable({ color: true, rewrites }).line(commit),
    "\u001B[9mcommitted aaaaaaa on main\u001B[29m",
  );
  t.end();
});

function event(more: Record<string, unknown> & { event: string }): LogEvent {
  return { id: "i", ts: "2026-11-21T00:00:00.000Z", session: "s", agent: "ada", ...more };
}
