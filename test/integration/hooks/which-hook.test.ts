import path from "node:path";
import t from "tap";
import { type HookEvent, installHooks, shells, spooledEvents } from "../../support/install-hooks.ts";
import { createRepository, createSandbox, openRepository, type Repository } from "../../support/sandbox.ts";

/** What each command must leave behind: the table "which hook runs when" of docs/hooks.md, as git really is. */
interface Case {
  readonly name: string;
  readonly before?: (repository: Repository) => void;
  readonly run: (repository: Repository) => void;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  { name: "commit", run: (r) => r.commit({ a: "1" }), expected: ["git.commit"] },
  {
    name: "commit --no-verify",
    run: (r) => r.git("commit", "-qnm", "x", "--allow-empty"),
    expected: ["git.commit"],
  },
  {
    name: "commit --amend",
    run: (r) => r.git("commit", "-q", "--amend", "-m", "other"),
    expected: ["git.commit", "git.rewrite amend"],
  },
  {
    name: "checkout of a branch",
    run: (r) => r.git("checkout", "-q", "topic"),
    expected: ["git.checkout branch"],
  },
  {
    name: "checkout of a file",
    run: (r) => r.git("checkout", "--", "base"),
    expected: ["git.checkout paths"],
  },
  {
    name: "merge that makes a commit",
    run: (r) => r.git("merge", "-q", "--no-edit", "topic"),
    expected: ["git.merge merge"],
  },
  {
    name: "merge that fast-forwards",
    before: (r) => r.git("checkout", "-q", "-b", "behind", "main~1"),
    run: (r) => r.git("merge", "-q", "topic"),
    expected: ["git.merge fast-forward"],
  },
  {
    name: "fast-forward to a merge commit of the current one",
    before: (r) => {
      r.git("checkout", "-q", "-b", "merged");
      r.git("merge", "-q", "--no-edit", "topic");
      r.git("checkout", "-q", "main");
    },
    run: (r) => r.git("merge", "-q", "merged"),
    expected: ["git.merge fast-forward"],
  },
  {
    name: "merge --squash",
    run: (r) => r.git("merge", "-q", "--squash", "topic"),
    expected: ["git.merge squash"],
  },
  { name: "merge that is up to date", run: (r) => r.git("merge", "-q", "main~1"), expected: [] },
  {
    name: "conflicted merge concluded by commit",
    before: (r) => r.commit({ t2: "ours" }),
    run: (r) => {
      r.try("merge", "-q", "topic");
      r.write("t2", "both");
      r.git("add", "t2");
      r.git("commit", "-q", "--no-edit");
    },
    expected: ["git.merge merge"],
  },
  {
    name: "merge --no-commit concluded by merge --continue",
    run: (r) => {
      r.git("merge", "-q", "--no-commit", "topic");
      r.git("merge", "--continue");
    },
    expected: ["git.merge merge"],
  },
  {
    name: "rebase",
    before: (r) => r.git("checkout", "-q", "topic"),
    run: (r) => r.git("rebase", "-q", "main"),
    expected: ["git.checkout branch", "git.commit", "git.commit", "git.rewrite rebase"],
  },
  {
    name: "interactive rebase with a fixup (git amends the pick before it)",
    before: (r) => r.git("checkout", "-q", "topic"),
    run: (r) =>
      r.sandbox.run(r.dir, "git", ["rebase", "-q", "-i", "main"], {
        env: { GIT_SEQUENCE_EDITOR: "sed -i -e '2s/pick/fixup/'" },
      }),
    expected: ["git.checkout branch", "git.commit", "git.commit", "git.rewrite amend", "git.rewrite rebase"],
  },
  {
    name: "cherry-pick of a range",
    run: (r) => r.git("cherry-pick", "main..topic"),
    expected: ["git.commit", "git.commit"],
  },
  { name: "revert", run: (r) => r.git("revert", "--no-edit", "HEAD"), expected: ["git.commit"] },
  {
    name: "am",
    run: (r) => {
      r.git("format-patch", "-q", "-o", "../patches", "main..topic");
      r.sandbox.run(r.dir, "sh", ["-c", "git am -q ../patches/*"]);
    },
    expected: ["git.commit", "git.commit"],
  },
  {
    name: "stash and pop",
    run: (r) => {
      r.write("base", "x");
      r.git("stash", "-q");
      r.git("stash", "pop", "-q");
    },
    expected: [],
  },
  {
    name: "worktree add",
    run: (r) => r.git("worktree", "add", "-q", "../linked", "-b", "linked"),
    expected: ["git.checkout branch"],
  },
  { name: "push", run: (r) => r.git("push", "-q", "../remote.git", "main", "topic"), expected: ["git.push"] },
  {
    name: "push with nothing to send",
    before: (r) => r.git("push", "-q", "--no-verify", "../remote.git", "main"),
    run: (r) => r.git("push", "-q", "../remote.git", "main"),
    expected: [],
  },
  {
    name: "pull that merges",
    before: (r) => r.git("push", "-q", "--no-verify", "../remote.git", "topic"),
    run: (r) => r.git("pull", "-q", "--no-rebase", "--no-edit", "../remote.git", "topic"),
    expected: ["git.merge merge"],
  },
  { name: "commit that is refused", run: (r) => r.try("commit", "-m", "nothing staged"), expected: [] },
  {
    name: "GOT_HOOKS=0",
    run: (r) =>
      r.sandbox.run(r.dir, "git", ["commit", "-q", "--allow-empty", "-m", "x"], { env: { GOT_HOOKS: "0" } }),
    expected: [],
  },
];

const summary = (event: HookEvent): string =>
  [event.event, ...(event.event === "git.commit" ? [] : [event.kind])].filter(Boolean).join(" ");

for (const shell of shells) {
  await t.test(`each command leaves exactly its events, in order (${shell})`, async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const template = createRepository(sandbox, "template");
    template.commit({ base: "0" });
    template.commit({ base: "1" });
    template.git("checkout", "-q", "-b", "topic");
    template.commit({ t1: "1" });
    template.commit({ t2: "2" });
    template.git("checkout", "-q", "main");
    template.commit({ other: "1" });
    for (const [index, { name, before, run, expected }] of cases.entries()) {
      const home = `case-${index}`;
      sandbox.run(sandbox.root, "sh", [
        "-c",
        `mkdir ${home} && cp -R template ${home}/repo && git init -q --bare ${home}/remote.git`,
      ]);
      const repository = openRepository(sandbox, path.join(sandbox.root, home, "repo"));
      before?.(repository);
      installHooks(repository, { shell, track: false });
      run(repository);
      const events = spooledEvents(repository);
      t.strictSame(events.map(summary), expected, name);
      const wrong = events.filter(
        ({ session, agent }) => !/^\d{8}-\d{6}-[0-9a-f]{8}$/.test(session) || agent !== "Ada",
      );
      t.strictSame(wrong, [], `${name}: agent and session`);
      t.equal(new Set(events.map(({ id }) => id)).size, events.length, `${name}: ids are unique`);
    }
  });
}
