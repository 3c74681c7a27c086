import { writeFileSync } from "node:fs";
import path from "node:path";
import t, { type Test } from "tap";
import { bothWays, commitOn } from "../../support/both-ways.ts";
import type { Repository } from "../../support/sandbox.ts";
import { eventLine, taskText } from "../../support/tasks.ts";

const file = ".got/entities/task/T-1.json";
const log = "events.jsonl";

/** `main` gets a commit of its own; `topic` gets four, each of which changes the entity and appends to the log. */
function diverge(repository: Repository): void {
  repository.commit({ [file]: taskText(), [log]: eventLine("a", 1) });
  repository.git("checkout", "-q", "-b", "topic");
  let lines = eventLine("a", 1);
  for (const step of [1, 2, 3, 4]) {
    lines += eventLine(`topic-${step}`, 10 + step);
    repository.commit(
      { [file]: taskText({ points: 1 + step, notes: `step ${step}` }), [log]: lines },
      `topic ${step}`,
    );
  }
  repository.git("checkout", "-q", "main");
  repository.commit({
    [file]: taskText({ points: 11, title: "New", tags: ["a", "main"] }),
    [log]: eventLine("a", 1) + eventLine("main", 5),
  });
}

const topicLines = [1, 2, 3, 4].map((step) => eventLine(`topic-${step}`, 10 + step)).join("");

function checkAllIsThere(t: Test, repository: Repository): void {
  t.match(JSON.parse(repository.read(file)), {
    points: 15,
    title: "New",
    notes: "step 4",
    tags: ["a", "main"],
  });
  t.equal(repository.read(log), eventLine("a", 1) + eventLine("main", 5) + topicLines);
  t.equal(repository.git("status", "--porcelain"), "");
}

await bothWays(t, "git rebase carries every commit over", (t, repository) => {
  diverge(repository);
  repository.git("rebase", "-q", "main", "topic");
  checkAllIsThere(t, repository);
  t.equal(repository.git("rev-list", "--count", "main..topic").trim(), "4");
});

await bothWays(t, "git rebase --interactive with squash, fixup and reordering", (t, repository) => {
  diverge(repository);
  const editor = path.join(repository.sandbox.root, "editor.sh");
  writeFileSync(editor, `sed -i.bak -e '2s/^pick/squash/' -e '4s/^pick/fixup/' "$1"\n`);
  repository.git("-c", `sequence.editor=sh '${editor}'`, "rebase", "-q", "-i", "main", "topic");
  checkAllIsThere(t, repository);
  t.equal(repository.git("rev-list", "--count", "main..topic").trim(), "2");
});

await bothWays(t, "git rebase --rebase-merges makes the merges again", (t, repository) => {
  diverge(repository);
  repository.git("checkout", "-q", "topic");
  commitOn(repository, "side", "topic~2", {
    "side.jsonl": eventLine("s", 1),
    [log]: `${eventLine("a", 1)}${eventLine("side", 8)}`,
  });
  repository.try("merge", "-q", "-m", "join", "side");
  t.match(repository.read(log), /side/);
  repository.git("rebase", "-q", "--rebase-merges", "main");
  t.equal(repository.git("rev-list", "--count", "--merges", "main..topic").trim(), "1");
  t.match(repository.read(log), /"main"[^]*side/);
  t.match(JSON.parse(repository.read(file)), { points: 15, title: "New" });
});

await bothWays(t, "git cherry-pick takes one commit, then a range", (t, repository) => {
  diverge(repository);
  repository.git("cherry-pick", "topic~3");
  t.match(JSON.parse(repository.read(file)), { points: 12, title: "New", notes: "step 1" });
  repository.git("cherry-pick", "topic~3..topic");
  checkAllIsThere(t, repository);
});

await bothWays(t, "a reverted event stays reverted", (t, repository) => {
  repository.commit({ [log]: eventLine("a", 1), [file]: taskText() });
  repository.commit({ [log]: eventLine("a", 1) + eventLine("wrong", 2), [file]: taskText({ points: 9 }) });
  repository.commit({
    [log]: eventLine("a", 1) + eventLine("wrong", 2) + eventLine("c", 3),
    [file]: taskText({ points: 9, title: "New" }),
  });
  commitOn(repository, "late", "main", {
    [log]: eventLine("a", 1) + eventLine("wrong", 2) + eventLine("c", 3) + eventLine("d", 4),
  });
  repository.git("revert", "--no-edit", "HEAD~1");
  t.equal(repository.read(log), eventLine("a", 1) + eventLine("c", 3));
  t.match(JSON.parse(repository.read(file)), { points: 1, title: "New" });
  repository.git("merge", "-q", "late");
  t.equal(
    repository.read(log),
    eventLine("a", 1) + eventLine("c", 3) + eventLine("d", 4),
    "a merge does not bring it back",
  );
});

await bothWays(t, "git revert of a range", (t, repository) => {
  diverge(repository);
  repository.git("checkout", "-q", "topic");
  repository.commit({
    [file]: taskText({ points: 5, notes: "step 4", title: "Late" }),
    [log]: eventLine("a", 1) + topicLines + eventLine("z", 50),
  });
  repository.git("revert", "--no-edit", "HEAD~3..HEAD~1");
  t.equal(
    repository.read(log),
    eventLine("a", 1) + eventLine("topic-1", 11) + eventLine("topic-2", 12) + eventLine("z", 50),
  );
  t.match(JSON.parse(repository.read(file)), { points: 3, notes: "step 2", title: "Late" });
});

await bothWays(t, "git stash pop merges into what was committed meanwhile", (t, repository) => {
  repository.commit({ [file]: taskText(), [log]: eventLine("a", 1) });
  repository.write(file, taskText({ points: 3 }));
  repository.write(log, eventLine("a", 1) + eventLine("stashed", 2));
  repository.git("stash", "-q");
  repository.commit({
    [file]: taskText({ points: 4, title: "New" }),
    [log]: eventLine("a", 1) + eventLine("c", 3),
  });
  repository.git("stash", "pop", "-q");
  t.match(JSON.parse(repository.read(file)), { points: 6, title: "New" });
  t.equal(repository.read(log), eventLine("a", 1) + eventLine("stashed", 2) + eventLine("c", 3));
});

await bothWays(t, "git pull --rebase", (t, repository) => {
  diverge(repository);
  const { root } = repository.sandbox;
  const remote = path.join(root, `${path.basename(repository.dir)}.remote.git`);
  repository.sandbox.run(root, "git", ["clone", "-q", "--bare", repository.dir, remote]);
  repository.git("remote", "add", "origin", remote);
  repository.git("checkout", "-q", "topic");
  repository.git("pull", "-q", "--rebase", "origin", "main");
  checkAllIsThere(t, repository);
});

await bothWays(t, "rerere replays a resolution of a driver's conflict", (t, repository) => {
  repository.git("config", "rerere.enabled", "true");
  repository.commit({ [file]: taskText({ owner: "x" }) });
  commitOn(repository, "theirs", "main", { [file]: taskText({ owner: "theirs" }) });
  repository.commit({ [file]: taskText({ owner: "ours" }) });
  repository.try("merge", "-q", "theirs");
  repository.commit({ [file]: taskText({ owner: "both" }) }, "resolved");
  repository.git("reset", "-q", "--hard", "HEAD~1");
  const again = repository.try("merge", "theirs");
  t.match(again.stdout + again.stderr, /Resolved .* using previous resolution/);
  t.match(JSON.parse(repository.read(file)), { owner: "both" });
});
