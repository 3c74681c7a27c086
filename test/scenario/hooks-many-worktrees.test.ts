import { spawn } from "node:child_process";
import path from "node:path";
import t from "tap";
import { allEvents, installHooks, spooledEvents, trackedEvents } from "../support/install-hooks.ts";
import { createRepository, createSandbox, openRepository } from "../support/sandbox.ts";

const processes = 10;
const commitsEach = 20;

for (const track of [false, true]) {
  await t.test(
    `ten processes commit twenty times each in ten worktrees at once (${track ? "tracked" : "spool only"})`,
    async (t) => {
      const sandbox = createSandbox({ GOT_HOOK_TIMEOUT_MS: "5000" });
      t.teardown(sandbox.dispose);
      const repository = createRepository(sandbox);
      repository.commit({ base: "1", ".got/config.json": '{ "version": 1 }\n' });
      installHooks(repository);
      repository.git("add", ".got");
      repository.try("commit", "-qnm", "settings");
      if (!track) repository.git("rm", "-rq", ".got");
      if (!track) repository.git("commit", "-qnm", "no settings");
      const names = Array.from({ length: processes }, (_, n) => `w${n}`);
      for (const name of names) repository.git("worktree", "add", "-q", `../${name}`, "-b", name);
      const before = allEvents(repository).length;

      const script = `i=0; while [ $i -lt ${commitsEach} ]; do i=$((i + 1)); echo $i >"$0" && git add "$0" && git commit -qm "$0 $i" || exit 1; done`;
      const statuses = await Promise.all(
        names.map(
          (name) =>
            new Promise<number | null>((resolve) => {
              const child = spawn("sh", ["-c", script, name], {
                cwd: path.join(sandbox.root, name),
                env: { ...sandbox.env, GOT_AGENT: `agent ${name}` },
                stdio: ["ignore", "ignore", "inherit"],
              });
              child.once("exit", resolve);
            }),
        ),
      );
      t.strictSame(
        statuses,
        names.map(() => 0),
      );

      const trees = names.map((name) => openRepository(sandbox, path.join(sandbox.root, name)));
      const tracked = trees.flatMap(trackedEvents);
      const spooled = spooledEvents(repository);
      const events = [...tracked, ...spooled].filter(
        ({ event, worktree }) => event === "git.commit" && worktree !== "main",
      );
      t.equal(events.length, processes * commitsEach, "every commit, once");
      t.equal(new Set(events.map(({ id }) => id)).size, processes * commitsEach);
      t.ok(before < spooled.length + tracked.length);
      if (track)
        t.equal(
          tracked.filter(({ event }) => event === "git.commit").length,
          processes * (commitsEach - 1),
          "all but the last of each travel",
        );
      for (const tree of trees) {
        const name = path.basename(tree.dir);
        const own = events.filter(({ worktree }) => worktree === name).sort((a, b) => (a.ts < b.ts ? -1 : 1));
        const commits = tree.git("log", "--reverse", "--format=%H", `main..${name}`).trim().split("\n");
        t.strictSame(
          own.map(({ commit }) => commit),
          commits,
          `${name}: in order`,
        );
        t.equal(new Set(own.map(({ session }) => session)).size, 1, `${name}: one session`);
        t.ok(own.every(({ agent }) => agent === `agent ${name}`));
        t.equal(new Set(own.map(({ ts }) => ts)).size, commitsEach, `${name}: stamps grow`);
        t.equal(tree.git("status", "--porcelain"), "");
      }
    },
  );
}
