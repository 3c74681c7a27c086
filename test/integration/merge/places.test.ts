import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothWays, commitOn } from "../../support/both-ways.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";
import { eventLine, taskText } from "../../support/tasks.ts";

const file = ".got/entities/task/T-1.json";

/** Both sides change `name` so that git alone would conflict. */
function divergeOn(repository: Repository, name: string): void {
  repository.commit({ [name]: taskText() });
  commitOn(repository, "theirs", "main", { [name]: taskText({ points: 4 }) });
  repository.commit({ [name]: taskText({ points: 3 }) });
}

await bothWays(t, "merges in a linked worktree, from a subdirectory", (t, repository) => {
  divergeOn(repository, file);
  const linked = path.join(repository.sandbox.root, `${path.basename(repository.dir)} linked`);
  repository.git("worktree", "add", "-q", "-b", "linked", linked);
  openRepository(repository.sandbox, path.join(linked, ".got/entities")).git("merge", "-q", "theirs");
  t.match(JSON.parse(openRepository(repository.sandbox, linked).read(file)), { points: 6 });
});

await bothWays(t, "merges in a bare repository, by the policy in HEAD", (t, repository) => {
  const policy = JSON.stringify({ version: 1, merge: { task: { points: "max" } } });
  repository.commit({ ".got/config.json": policy });
  divergeOn(repository, file);
  const bare = path.join(repository.sandbox.root, `${path.basename(repository.dir)}.git`);
  repository.sandbox.run(repository.sandbox.root, "git", ["clone", "-q", "--bare", repository.dir, bare]);
  const inBare = openRepository(repository.sandbox, bare);
  const { nodeStarts } = installDrivers(inBare);
  const tree = inBare.git("merge-tree", "--write-tree", "main", "theirs").slice(0, 40);
  t.match(JSON.parse(inBare.git("show", `${tree}:${file}`)), { points: 4 });
  t.equal(inBare.git("merge-tree", "--write-tree", "main", "theirs").slice(0, 40), tree);
  t.equal(nodeStarts(), 2, "one start for each git process");
});

await t.test("merges inside a submodule", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox, "outer");
  const inner = createRepository(sandbox, "inner");
  divergeOn(inner, file);
  repository.git("submodule", "add", "-q", inner.dir, "sub");
  const sub = openRepository(sandbox, path.join(repository.dir, "sub"));
  const { memo } = installDrivers(sub);
  sub.git("merge", "-q", "origin/theirs");
  t.match(JSON.parse(sub.read(file)), { points: 6 });
  t.ok(memo.includes("/.git/modules/sub/got/") && existsSync(memo), "its memo is its own");
});

await bothWays(
  t,
  "takes policy and attributes along in a sparse checkout that leaves .got out",
  (t, repository) => {
    repository.commit({
      ".got/config.json": '{"version":1,"merge":{"task":{"points":"min"}}}',
      "src/x": "x",
    });
    divergeOn(repository, "src/T-1.json");
    repository.git("sparse-checkout", "set", "--no-cone", "/src/");
    t.notOk(existsSync(path.join(repository.dir, ".got/config.json")));
    repository.git("merge", "-q", "theirs");
    t.match(JSON.parse(repository.read("src/T-1.json")), { points: 3 });
  },
);

const oddNames = [
  "with space.json",
  "'quotes' \"double\" `back`.json",
  "new\nline.json",
  "ünï-çødé 日本.json",
  "$(touch pwned);&|<>*?[a].json",
  "back\\slash.json",
  "%A %O %% %s.json",
  "-dash.json",
  "tab\tand \u001b[31mescape.json",
  "#hash/!bang/~tilde.json",
];

await bothWays(t, "merges files with odd names, and prints no control character of them", (t, repository) => {
  const all = (fields: object): Record<string, string> =>
    Object.fromEntries(oddNames.map((name) => [name, taskText({ ...fields, owner: "x" })]));
  repository.commit(all({}));
  commitOn(repository, "theirs", "main", all({ points: 4 }));
  repository.commit(all({ points: 3 }));
  repository.git("merge", "-q", "theirs");
  for (const name of oddNames)
    t.match(JSON.parse(repository.read(name)), { points: 6 }, JSON.stringify(name));
  t.notOk(existsSync(path.join(repository.dir, "pwned")));
  repository.git("branch", "-q", "theirs2");
  commitOn(repository, "conflict", "main", { [oddNames[8] ?? ""]: "not json at all, theirs" });
  repository.commit({ [oddNames[8] ?? ""]: "not json at all, ours" });
  const { stderr } = repository.try("merge", "-q", "conflict");
  t.match(stderr, /got-hooks: tab\\x09and \\x1b\[31mescape\.json: .*merging as text/);
  t.notOk(stderr.includes("\u001b[31mescape.json: "));
});

await bothWays(t, "keeps CRLF in the work tree with core.autocrlf", (t, repository) => {
  repository.git("config", "core.autocrlf", "true");
  divergeOn(repository, file);
  repository.git("merge", "-q", "theirs");
  t.equal(repository.git("show", `HEAD:${file}`).includes("\r"), false);
  t.match(repository.read(file), /\r\n/);
  t.match(JSON.parse(repository.read(file)), { points: 6 });
  t.equal(repository.git("status", "--porcelain"), "");
});

await bothWays(t, "keeps CRLF that is in the blobs themselves", (t, repository) => {
  const crlf = (fields: object): string => taskText({ ...fields }).replaceAll("\n", "\r\n");
  repository.commit({ [file]: crlf({}) });
  commitOn(repository, "theirs", "main", { [file]: crlf({ points: 4 }) });
  repository.commit({ [file]: crlf({ points: 3 }) });
  repository.git("merge", "-q", "theirs");
  const text = repository.read(file);
  t.match(JSON.parse(text), { points: 6 });
  t.notMatch(text.replaceAll("\r\n", ""), /[\r\n]/, "every line break is CRLF");
  t.match(text, /\r\n$/);
});

await t.test("works in a SHA-256 repository, memo included", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox, "sha256", ["--object-format=sha256"]);
  const { nodeStarts } = installDrivers(repository);
  const files = (points: number): Record<string, string> => ({
    "a.json": taskText({ points }),
    "b.json": taskText({ points }),
    "c.json": taskText({ points }),
  });
  repository.commit(files(1));
  commitOn(repository, "theirs", "main", files(4));
  repository.commit(files(3));
  for (const starts of [2, 1]) {
    repository.git("merge", "-q", "theirs");
    for (const name of ["a", "b", "c"]) t.match(JSON.parse(repository.read(`${name}.json`)), { points: 6 });
    t.equal(nodeStarts(), starts);
    repository.git("reset", "-q", "--hard", "HEAD~1");
  }
});

await t.test("is found again when the repository was moved", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const old = createRepository(sandbox, "old place");
  installDrivers(old);
  divergeOn(old, file);
  const place = path.join(sandbox.root, "new 'place'");
  renameSync(old.dir, place);
  const moved = openRepository(sandbox, place);
  writeFileSync(path.join(place, ".git/got/bin/node"), `${process.execPath}\n`);
  const linked = path.join(sandbox.root, "linked");
  mkdirSync(path.join(place, "folder"));
  moved.git("worktree", "add", "-q", "--detach", linked);
  for (const dir of [place, linked]) {
    const repository = openRepository(sandbox, dir);
    repository.git("merge", "-q", "theirs");
    t.match(JSON.parse(repository.read(file)), { points: 6 });
  }
});

await bothWays(t, "an event log merges with a policy key of its own", (t, repository) => {
  const paths = [{ match: "own.jsonl", driver: "log", key: "name" }];
  const line = (name: string, value: number): string => `${JSON.stringify({ name, value })}\n`;
  repository.commit({ ".got/config.json": JSON.stringify({ version: 1, paths }), "own.jsonl": line("a", 1) });
  commitOn(repository, "theirs", "main", { "own.jsonl": line("a", 1) + line("b", 2) + eventLine("e", 1) });
  repository.commit({ "own.jsonl": line("a", 1) + line("c", 3) });
  repository.git("merge", "-q", "theirs");
  const text = repository.read("own.jsonl");
  for (const part of [line("a", 1), line("b", 2), line("c", 3), eventLine("e", 1)])
    t.ok(text.includes(part), part);
});
