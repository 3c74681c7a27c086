import t from "tap";
import { entryKind } from "../../../src/sync/entry-kind.ts";

const oid = "a".repeat(40);

await t.test("what git writes into a reflog is understood", (t) => {
  for (const [message, expected] of [
    ["commit: subject", { kind: "commit", during: null, isAmend: false }],
    ["commit (initial): subject", { kind: "commit", during: null, isAmend: false }],
    ["commit (amend): subject", { kind: "commit", during: null, isAmend: true }],
    ["commit (merge): Merge branch 'x'", { kind: "commit", isAmend: false }],
    ["commit (cherry-pick): subject", { kind: "commit" }],
    ["commit: rebase (finish): returning to refs/heads/x", { kind: "commit", during: null }],
    ["cherry-pick: subject", { kind: "commit", during: null }],
    ["cherry-pick: fast-forward", { kind: "other" }],
    ['revert: Revert "subject"', { kind: "commit" }],
    ["am: subject", { kind: "commit", during: "am" }],
    ["am --abort", { kind: "other" }],
    ["rebase (start): checkout main", { kind: "rebase-start" }],
    ["rebase -i (start): checkout main", { kind: "rebase-start" }],
    ["pull --rebase origin main (start): checkout abc", { kind: "rebase-start" }],
    ["rebase (pick): subject (start): x", { kind: "commit", during: "rebase" }],
    ["rebase -i (squash): subject", { kind: "commit", during: "rebase" }],
    ["rebase (continue): subject", { kind: "commit", during: "rebase" }],
    ["rebase (merge): Merge branch 'x'", { kind: "commit", during: "rebase" }],
    ["rebase: fast-forward", { kind: "other" }],
    ["rebase (abort): returning to refs/heads/x", { kind: "other" }],
    ["rebase (finish): returning to refs/heads/a/b", { kind: "rebase-end", branch: "a/b" }],
    ["rebase finished: returning to refs/heads/x", { kind: "rebase-end", branch: "x" }],
    [`rebase (finish): refs/heads/x onto ${oid}`, { kind: "rebased", onto: oid }],
    [`pull --rebase (finish): refs/heads/x onto ${oid}`, { kind: "rebased", onto: oid }],
    ["merge topic: Fast-forward", { kind: "other" }],
    ["pull: Fast-forward", { kind: "other" }],
    ["checkout: moving from a to b", { kind: "other" }],
    ["reset: moving to HEAD~1", { kind: "other" }],
    ["clone: from /somewhere", { kind: "other" }],
    ["branch: Created from HEAD", { kind: "other" }],
  ] as const) {
    t.match(entryKind(entry({ message })), expected, message);
  }
  t.match(
    entryKind(entry({ message: "merge topic: Merge made by the 'ort' strategy.", parents: [oid, oid] })),
    { kind: "merge" },
  );
  t.match(
    entryKind(entry({ message: "pull origin x: Merge made by the 'ort' strategy.", parents: [oid, oid] })),
    { kind: "merge" },
  );
  t.end();
});

await t.test("what something else has written counts when the commit was made at that time", (t) => {
  for (const message of ["", "my tool did it", "jj: snapshot"]) {
    t.match(entryKind(entry({ message, committedSeconds: 995 })), { kind: "commit" });
    t.match(entryKind(entry({ message, committedSeconds: 10 })), { kind: "other" });
  }
  t.end();
});

function entry(more: Partial<Parameters<typeof entryKind>[0]>): Parameters<typeof entryKind>[0] {
  return {
    oid,
    parents: [oid],
    movedSeconds: 1000,
    committedSeconds: 1000,
    committer: "Ada",
    message: "",
    ...more,
  };
}
