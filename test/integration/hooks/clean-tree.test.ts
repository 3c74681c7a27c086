import { writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { allEvents, installHooks, trackedEvents } from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository, type Sandbox } from "../../support/sandbox.ts";

type Step = readonly [name: string, run: (repository: Repository) => unknown];

/** Every command that makes, moves or takes back commits, one after the other on one history. */
const steps: readonly Step[] = [
  [
    "commit",
    (r) => {
      r.write("a", "1\n");
      r.git("add", "a");
      r.git("commit", "-qm", "a");
    },
  ],
  [
    "commit -a",
    (r) => {
      r.write("a", "2\n");
      r.git("commit", "-qam", "a2");
    },
  ],
  [
    "commit with other files changed and untracked",
    (r) => {
      r.write("a", "3\n");
      r.write("b", "1\n");
      r.write("junk", "1\n");
      r.git("add", "b");
      r.git("commit", "-qm", "b");
    },
  ],
  [
    "commit -- path",
    (r) => {
      r.write("b", "2\n");
      r.git("add", "b");
      r.write("c", "1\n");
      r.git("add", "c");
      r.git("commit", "-qm", "only b", "--", "b");
    },
  ],
  [
    "commit -i path",
    (r) => {
      r.write("b", "3\n");
      r.git("commit", "-qm", "with b", "-i", "b");
    },
  ],
  [
    "commit --amend",
    (r) => {
      r.write("b", "4\n");
      r.git("add", "b");
      r.git("commit", "-q", "--amend", "-m", "b4");
    },
  ],
  ["commit --amend of the message only", (r) => r.git("commit", "-q", "--amend", "-m", "b4 again")],
  ["commit --allow-empty", (r) => r.git("commit", "-q", "--allow-empty", "-m", "empty")],
  [
    "commit with an editor",
    (r) => {
      r.write("b", "5\n");
      r.sandbox.run(r.dir, "git", ["commit", "-qa"], { env: { GIT_EDITOR: "echo words >" } });
    },
  ],
  ["commit with nothing staged", (r) => r.try("commit", "-qm", "nothing")],
  [
    "commit refused by a hook",
    (r) => {
      r.write("b", "6\n");
      r.git("add", "b");
      r.try("-c", "user.refuse=1", "commit", "-qm", "refuse me");
    },
  ],
  ["commit with an empty message", (r) => r.try("commit", "-qm", "")],
  [
    "commit with a comment as message",
    (r) => r.try("-c", "core.commentChar=;", "commit", "-qm", "# heading"),
  ],
  [
    "commit from a subdirectory",
    (r) => {
      r.write("sub/x", "1\n");
      r.sandbox.run(path.join(r.dir, "sub"), "git", ["commit", "-qam", "sub"]);
      r.git("add", "sub");
      r.git("commit", "-qm", "sub");
    },
  ],
  ["checkout -b", (r) => r.git("checkout", "-q", "-b", "topic", "HEAD~2")],
  [
    "commits on a branch",
    (r) => {
      for (const n of ["1", "2", "3"]) {
        r.write(`t${n}`, n);
        r.git("add", `t${n}`);
        r.git("commit", "-qm", `t${n}`);
      }
    },
  ],
  ["checkout", (r) => r.git("checkout", "-q", "main")],
  ["merge", (r) => r.git("merge", "-q", "--no-edit", "topic")],
  [
    "fast-forward",
    (r) => {
      r.git("checkout", "-q", "topic");
      r.git("merge", "-q", "main");
    },
  ],
  [
    "conflicted merge and commit",
    (r) => {
      r.write("a", "topic\n");
      r.git("commit", "-qam", "topic a");
      r.git("checkout", "-q", "main");
      r.write("a", "main\n");
      r.git("commit", "-qam", "main a");
      r.try("merge", "-q", "topic");
      r.write("a", "both\n");
      r.git("add", "a");
      r.git("commit", "-q", "--no-edit");
    },
  ],
  [
    "merge --abort",
    (r) => {
      r.git("checkout", "-q", "topic");
      r.write("a", "topic2\n");
      r.git("commit", "-qam", "topic a2");
      r.write("a", "topic3\n");
      r.git("commit", "-qam", "topic a3");
      r.git("checkout", "-q", "main");
      r.write("a", "main2\n");
      r.git("commit", "-qam", "main a2");
      r.try("merge", "-q", "topic");
      r.git("merge", "--abort");
    },
  ],
  [
    "merge --no-commit and --abort",
    (r) => {
      r.git("checkout", "-q", "-b", "side", "HEAD~1");
      r.write("side", "1");
      r.git("add", "side");
      r.git("commit", "-qm", "side");
      r.git("merge", "-q", "--no-commit", "main");
      r.git("merge", "--abort");
    },
  ],
  [
    "merge refused by a hook",
    (r) => {
      r.try("merge", "-q", "-m", "refuse me", "main");
      r.git("merge", "--abort");
    },
  ],
  [
    "octopus",
    (r) => {
      for (const n of ["o1", "o2"]) {
        r.git("checkout", "-q", "-b", n, "main");
        r.write(n, n);
        r.git("add", n);
        r.git("commit", "-qm", n);
      }
      r.git("checkout", "-q", "main");
      r.git("merge", "-q", "--no-edit", "o1", "o2");
    },
  ],
  [
    "rebase",
    (r) => {
      r.git("checkout", "-q", "side");
      r.git("rebase", "-q", "main");
    },
  ],
  [
    "rebase of 50 commits",
    (r) => {
      r.git("checkout", "-q", "-b", "fifty", "main~1");
      for (let n = 0; n < 50; n++) {
        r.write(`f${n}`, "1");
        r.git("add", `f${n}`);
        r.git("commit", "-qm", `f${n}`);
      }
      r.git("rebase", "-q", "side");
    },
  ],
  [
    "interactive rebase with reword, squash, drop and edit",
    (r) => {
      const editor = "sed -i -e '1s/pick/reword/' -e '3s/pick/squash/' -e '5s/pick/drop/' -e '7s/pick/edit/'";
      r.sandbox.run(r.dir, "git", ["rebase", "-q", "-i", "HEAD~10"], {
        env: { GIT_SEQUENCE_EDITOR: editor },
      });
      r.write("f45", "edited");
      r.git("add", "f45");
      r.git("commit", "-q", "--amend", "--no-edit");
      r.git("rebase", "--continue");
    },
  ],
  [
    "rebase --abort",
    (r) => {
      r.try("rebase", "-q", "-x", "false", "HEAD~3");
      r.git("rebase", "--abort");
    },
  ],
  [
    "rebase --apply",
    (r) => {
      r.git("checkout", "-q", "-b", "apply", "main~1");
      r.write("ap", "1");
      r.git("add", "ap");
      r.git("commit", "-qm", "ap");
      r.git("rebase", "-q", "--apply", "main");
    },
  ],
  [
    "cherry-pick of a range",
    (r) => {
      r.git("checkout", "-q", "main");
      r.git("cherry-pick", "fifty~3..fifty");
    },
  ],
  [
    "cherry-pick with a conflict, commit, --continue",
    (r) => {
      r.git("checkout", "-q", "-b", "picks", "main");
      r.write("a", "p1\n");
      r.git("commit", "-qam", "p1");
      r.write("p", "2\n");
      r.git("add", "p");
      r.git("commit", "-qm", "p2");
      r.git("checkout", "-q", "main");
      r.write("a", "m\n");
      r.git("commit", "-qam", "m");
      r.try("cherry-pick", "main~1..picks");
      r.write("a", "p1m\n");
      r.git("add", "a");
      r.git("commit", "-q", "--no-edit");
      r.try("cherry-pick", "--continue");
    },
  ],
  ["revert", (r) => r.git("revert", "--no-edit", "HEAD")],
  [
    "revert --no-commit and commit",
    (r) => {
      r.git("revert", "--no-commit", "HEAD");
      r.git("commit", "-qm", "reverted");
    },
  ],
  [
    "am",
    (r) => {
      r.git("checkout", "-q", "-b", "mail", "main~3");
      r.git("format-patch", "-q", "-o", "../patches", "main~1..main", "--", ":(exclude).got");
      r.sandbox.run(r.dir, "sh", ["-c", "git am -q -3 ../patches/*"]);
      r.try("am", "--abort");
      r.sandbox.run(r.dir, "rm", ["-rf", "../patches"]);
    },
  ],
  [
    "stash and pop",
    (r) => {
      r.write("a", "stashed\n");
      r.git("stash", "-q");
      r.git("stash", "pop", "-q");
      r.git("checkout", "-q", "--", "a");
    },
  ],
  [
    "stash -u",
    (r) => {
      r.write("new", "1");
      r.git("stash", "-qu");
      r.git("stash", "pop", "-q");
    },
  ],
  [
    "reset",
    (r) => {
      r.git("checkout", "-q", "main");
      r.git("reset", "-q", "--hard", "HEAD~1");
    },
  ],
  [
    "worktree add, commit there, remove",
    (r) => {
      r.git("worktree", "add", "-q", "../linked", "-b", "linked");
      const linked = path.join(r.dir, "..", "linked");
      writeFileSync(path.join(linked, "l"), "1");
      r.sandbox.run(linked, "git", ["add", "l"]);
      r.sandbox.run(linked, "git", ["commit", "-qm", "l"]);
      const status = r.sandbox.run(linked, "git", ["status", "--porcelain"]).stdout;
      if (status !== "") throw new Error(`linked worktree is dirty: ${status}`);
      r.git("worktree", "remove", "../linked");
    },
  ],
  [
    "switch and restore",
    (r) => {
      r.git("switch", "-q", "-c", "switched");
      r.write("a", "x\n");
      r.git("restore", "a");
    },
  ],
  ["push", (r) => r.git("push", "-q", "../remote.git", "main")],
  [
    "push that the remote rejects",
    (r) => {
      r.git("checkout", "-q", "-b", "behind", "main~2");
      r.write("z", "1");
      r.git("add", "z");
      r.git("commit", "-qm", "z");
      r.try("push", "-q", "../remote.git", "behind:main");
    },
  ],
  ["pull --rebase", (r) => r.git("pull", "-q", "--rebase", "../remote.git", "main")],
];

await t.test("after every git command the tree is as clean as without us", async (t) => {
  const ours = prepare(t, true);
  const plain = prepare(t, false);
  for (const [name, run] of steps) {
    run(ours);
    run(plain);
    t.equal(
      ours.git("status", "--porcelain", "--branch").replaceAll(/ \[.*/g, ""),
      plain.git("status", "--porcelain", "--branch").replaceAll(/ \[.*/g, ""),
      name,
    );
    t.equal(content(ours), content(plain), `${name}: same content but for the logs`);
  }
  t.equal(
    ours.git("log", "--all", "--format=%s").split("\n").length,
    plain.git("log", "--all", "--format=%s").split("\n").length,
    "as many commits",
  );
  const tracked = trackedEvents(ours);
  t.ok(tracked.length > 10, "events travel with the commits");
  const ids = allEvents(ours).map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length, "no event is there twice");
});

function prepare(t: { teardown: (action: () => void) => void }, withUs: boolean): Repository {
  const sandbox: Sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  sandbox.run(sandbox.root, "git", ["init", "-q", "--bare", "remote.git"]);
  repository.commit({ base: "1\n", ".got/config.json": '{ "version": 1 }\n' });
  const refuse = 'case $(cat "$1") in *"refuse me"*) exit 1 ;; esac';
  writeFileSync(path.join(repository.dir, ".git", "hooks", "commit-msg"), `#!/bin/sh\n${refuse}\n`, {
    mode: 0o755,
  });
  if (withUs) installHooks(repository);
  else
    writeFileSync(
      path.join(repository.dir, ".git", "info", "attributes"),
      ".got/events/*.jsonl merge=union\n",
    );
  repository.git("add", ".got");
  return repository;
}

/** The tree of HEAD without our logs. */
function content(repository: Repository): string {
  return repository
    .git("ls-tree", "-r", "HEAD")
    .split("\n")
    .filter((line) => !line.includes(".got/"))
    .join("\n");
}
