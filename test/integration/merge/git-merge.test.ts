import t from "tap";
import { bothWays, commitOn } from "../../support/both-ways.ts";
import { eventLine, taskText } from "../../support/tasks.ts";

const file = ".got/entities/task/T-1.json";
const log = ".got/events/20261121-030405-1a2b3c4d.jsonl";

await bothWays(t, "git merge merges entity, log and table by meaning", (t, repository) => {
  repository.commit({ [file]: taskText(), [log]: eventLine("a", 1), "t.table": '{"id":1,"n":"x"}\n' });
  commitOn(repository, "theirs", "main", {
    [file]: taskText({ status: "closed", tags: ["a", "theirs"], points: 4 }),
    [log]: eventLine("a", 1) + eventLine("c", 3),
    "t.table": '{"id":1,"n":"x"}\n{"id":2,"n":"theirs"}\n',
  });
  repository.commit({
    [file]: taskText({ title: "New", tags: ["a", "ours"], points: 3 }),
    [log]: eventLine("a", 1) + eventLine("b", 2),
    "t.table": '{"id":1,"n":"x"}\n{"id":3,"n":"ours"}\n',
  });
  repository.git("merge", "-q", "theirs");
  const task: unknown = JSON.parse(repository.read(file));
  t.match(task, { title: "New", status: "closed", tags: ["a", "ours", "theirs"], points: 6 });
  t.equal(repository.read(log), eventLine("a", 1) + eventLine("b", 2) + eventLine("c", 3));
  t.match(repository.read("t.table"), /"theirs"[^]*"ours"|"ours"[^]*"theirs"/);
  t.equal(repository.git("status", "--porcelain"), "");
});

await bothWays(
  t,
  "a conflict has git's markers around the smallest lines, the rest is merged",
  (t, repository) => {
    repository.commit({ [file]: taskText({ owner: "x" }) });
    commitOn(repository, "theirs", "main", { [file]: taskText({ owner: "theirs", tags: ["a", "b"] }) });
    repository.commit({ [file]: taskText({ owner: "ours", title: "New" }) });
    const merge = repository.try("merge", "theirs");
    t.equal(merge.status, 1);
    t.match(merge.stdout, /CONFLICT \(content\): Merge conflict in .got\/entities\/task\/T-1.json/);
    t.match(merge.stderr, /got-hooks: \.got\/entities\/task\/T-1\.json: conflict at owner: /);
    const text = repository.read(file);
    t.match(text, /<<<<<<< [^]*"ours"[^]*=======[^]*"theirs"[^]*>>>>>>> /);
    t.match(text, /"title": "New"/);
    t.match(text, /"b"/);
    t.equal(repository.git("ls-files", "-u").split("\n").length, 4, "three stages");
  },
);

await bothWays(t, "merges a file that both sides added", (t, repository) => {
  repository.commit({ other: "x" });
  commitOn(repository, "theirs", "main", {
    [log]: eventLine("b", 2),
    [file]: taskText({ tags: ["theirs"] }),
  });
  repository.commit({ [log]: eventLine("a", 1), [file]: taskText({ tags: ["ours"] }) });
  repository.git("merge", "-q", "theirs");
  t.equal(repository.read(log), eventLine("a", 1) + eventLine("b", 2));
  t.match(JSON.parse(repository.read(file)), { tags: ["ours", "theirs"] });
});

await bothWays(t, "follows a rename on one side", (t, repository) => {
  const long = { notes: Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n") };
  repository.commit({ "old.json": taskText(long) });
  commitOn(repository, "theirs", "main", { "old.json": taskText({ ...long, points: 5 }) });
  repository.git("mv", "old.json", "new.json");
  repository.commit({ "new.json": taskText({ ...long, points: 3 }) });
  repository.git("merge", "-q", "theirs");
  t.match(JSON.parse(repository.read("new.json")), { points: 7 });
});

await bothWays(
  t,
  "merges over several merge bases (criss-cross), whose virtual base holds markers",
  (t, repository) => {
    repository.commit({ [file]: taskText({ owner: "x" }) });
    commitOn(repository, "left", "main", { [file]: taskText({ owner: "left", points: 2 }) });
    commitOn(repository, "right", "main", { [file]: taskText({ owner: "right", points: 3 }) });
    for (const [branch, other, owner] of [
      ["left", "right~0", "left"],
      ["right", "left~1", "right"],
    ] as const) {
      repository.git("checkout", "-q", branch);
      repository.try("merge", "-q", other);
      repository.commit({ [file]: taskText({ owner, points: branch === "left" ? 4 : 5 }) });
    }
    t.equal(
      repository.git("merge-base", "--all", "left", "right").trim().split("\n").length,
      2,
      "two merge bases",
    );
    const merge = repository.try("merge", "left");
    t.equal(merge.status, 1);
    const text = repository.read(file);
    t.match(text, /"left"/);
    t.match(text, /"right"/);
  },
);

await bothWays(t, "leaves an octopus to git, which calls the driver one head at a time", (t, repository) => {
  repository.commit({ [log]: eventLine("a", 1) });
  for (const [index, name] of ["b", "c", "d"].entries()) {
    commitOn(repository, name, "main", { [log]: eventLine("a", 1) + eventLine(name, index + 2) });
  }
  const merge = repository.try("merge", "-q", "b", "c", "d");
  // The octopus strategy merges contents with git merge-file alone, and gives up where that conflicts.
  if (merge.status === 0) {
    t.equal(
      repository.read(log),
      eventLine("a", 1) + eventLine("b", 2) + eventLine("c", 3) + eventLine("d", 4),
    );
  } else {
    t.match(merge.stderr + merge.stdout, /octopus|Automatic merge|did not work/i);
  }
});

await bothWays(t, "git merge-tree --write-tree prints nothing of ours on stdout", (t, repository) => {
  repository.commit({ [file]: taskText() });
  commitOn(repository, "theirs", "main", { [file]: taskText({ points: 4 }) });
  repository.commit({ [file]: taskText({ points: 3, title: "New" }) });
  const run = repository.try("merge-tree", "--write-tree", "main", "theirs");
  t.equal(run.status, 0);
  t.match(run.stdout, /^[0-9a-f]{40}\n(\nAuto-merging [^\n]*\n)?$/);
  t.match(JSON.parse(repository.git("show", `${run.stdout.slice(0, 40)}:${file}`)), {
    points: 6,
    title: "New",
  });
});

await bothWays(t, "two clones that merge each other get the same tree", (t, repository) => {
  repository.commit({ [file]: taskText(), [log]: eventLine("a", 1) });
  const theirLog = eventLine("a", 1) + eventLine("z", 9);
  commitOn(repository, "theirs", "main", { [file]: taskText({ tags: ["b"] }), [log]: theirLog });
  commitOn(repository, "ours", "main", { [file]: taskText({ tags: ["a", "c"] }), [log]: eventLine("b", 2) });
  const trees = [
    ["ours", "theirs"],
    ["theirs", "ours"],
  ].map(([ours = "", theirs = ""]) => {
    repository.git("checkout", "-q", "--detach", ours);
    repository.git("merge", "-q", theirs);
    return repository.git("rev-parse", "HEAD^{tree}");
  });
  t.equal(trees[0], trees[1]);
  t.equal(repository.read(log), eventLine("b", 2) + eventLine("z", 9));
});
