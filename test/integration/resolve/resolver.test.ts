import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothChanged, diverge, resolve } from "../../support/conflicted.ts";
import { spooledEvents } from "../../support/install-hooks.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
let count = 0;

/** A merge with a conflict in code, and a resolver that is this script; it gets base, ours, theirs, file and name. */
function merging(script: string): Repository {
  const repository = createRepository(sandbox, `repo-${count++}`);
  diverge(repository, {
    ...bothChanged,
    "src/a.ts": { base: "one\ntwo\nthree\n", ours: "one\nours\nthree\n", theirs: "one\ntheirs\nthree\n" },
  });
  const file = path.join(sandbox.root, `resolver-${count}.sh`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  repository.git("config", "got.resolver", file);
  t.not(repository.try("merge", "-q", "topic").status, 0);
  return repository;
}

function resolverEvents(repository: Repository): ReturnType<typeof spooledEvents> {
  return spooledEvents(repository).filter(({ event }) => event === "merge.resolver");
}

await t.test("a good resolver's result is taken, staged and recorded", async (t) => {
  const repository = merging(
    'test "$GOT_FILE" = "$4" && cat "$2" "$3" | sort -u >"$4"; echo done; echo "$GOT_PATH" "$5"',
  );
  const run = await resolve(repository.dir, "--ours");
  t.equal(run.status, 0, run.stderr);
  t.equal(repository.read("src/a.ts"), "one\nours\ntheirs\nthree\n");
  t.notMatch(repository.git("status", "--porcelain"), /^.[^ ]/m);
  t.match(resolverEvents(repository), [
    {
      path: "src/a.ts",
      outcome: "resolved",
      result: repository.git("rev-parse", ":src/a.ts").trim(),
      output: "done\nsrc/a.ts src/a.ts\n",
    },
  ]);
  repository.git("commit", "-q", "--no-edit");
});

await t.test("what is refused leaves the file byte for byte, and says why", async (t) => {
  const good = 'cat "$2" >"$4"';
  const cases: Record<string, { script: string; reason: RegExp; config?: string[] }> = {
    "one that leaves markers": { script: ":", reason: /it left conflict markers/ },
    "one that leaves half a conflict": {
      script: 'echo ">>>>>>> topic" >>"$2"; cp "$2" "$4"',
      reason: /it left conflict markers/,
    },
    "one that crashes": { script: `${good}; exit 3`, reason: /it ended with status 3/ },
    "one that is killed": {
      script: `${good}; kill -9 $$`,
      reason: /it ended with status 137|ended by SIGKILL/,
    },
    "one that removes the file": { script: 'rm "$4"', reason: /it left no file/ },
    "one that writes another file": {
      script: `${good}; echo x >other.txt`,
      reason: /it touched the work tree/,
    },
    "one that changes a tracked file": {
      script: `${good}; echo x >>.got/entities/task/T-1.json`,
      reason: /it touched the work tree/,
    },
    "one that works on the file itself": {
      script: `${good}; cp "$2" "$5"`,
      reason: /it touched the work tree/,
    },
    "one that stages": {
      script: `${good}; cp "$2" "$5"; git add "$5"`,
      reason: /it touched the work tree, the index/,
    },
    "one that commits elsewhere": { script: `${good}; git branch mine`, reason: /it touched refs/ },
    "one that changes the configuration": {
      script: `${good}; git config core.pager evil`,
      reason: /it touched the configuration/,
    },
    "one that leaves a hook": {
      script: `${good}; mkdir -p .git/hooks; echo evil >.git/hooks/pre-commit`,
      reason: /it touched the hooks/,
    },
    "one that hangs": {
      script: 'sleep 600 & echo $! >"$PIDS"; sleep 600',
      reason: /it took longer than 1 s/,
      config: ["got.resolverTimeout", "1"],
    },
  };
  for (const [what, { script, reason, config }] of Object.entries(cases)) {
    const pids = path.join(sandbox.root, `pids-${count}`);
    const repository = merging(script.replaceAll("$PIDS", pids));
    if (config !== undefined) repository.git("config", ...config);
    const before = readFileSync(path.join(repository.dir, "src/a.ts"));
    const run = await resolve(repository.dir, "--ours");
    t.equal(run.status, 1, what);
    t.match(resolverEvents(repository), [{ outcome: "refused", reason }], what);
    t.ok(readFileSync(path.join(repository.dir, "src/a.ts")).equals(before), `${what}: the file`);
    if (existsSync(pids)) {
      const pid = readFileSync(pids, "utf8").trim();
      t.notOk(
        existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("sleep"),
        "its child is gone",
      );
    }
  }
});

await t.test("it runs only if it is asked for by the user", async (t) => {
  await t.test("not with --no-resolver, and not in a dry run", async (t) => {
    const repository = merging('cat "$2" >"$4"');
    t.equal((await resolve(repository.dir, "--ours", "--dry-run")).status, 1);
    t.equal((await resolve(repository.dir, "--ours", "--no-resolver")).status, 1);
    t.same(resolverEvents(repository), []);
  });
  await t.test("not from a file that the configuration includes", async (t) => {
    const repository = merging(":");
    repository.write("evil.config", '[got]\n\tresolver = "touch pwned"\n');
    repository.git("config", "--unset", "got.resolver");
    repository.git("config", "include.path", "../evil.config");
    t.equal(repository.git("config", "got.resolver"), "touch pwned\n");
    t.match(await resolve(repository.dir, "--ours", "--resolver"), {
      status: 2,
      stderr: /There is no resolver to run/,
    });
    t.notOk(existsSync(path.join(repository.dir, "pwned")));
  });
});
