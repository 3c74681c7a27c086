import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { installHooks } from "../test/support/install-hooks.ts";
import { createRepository, createSandbox, type Repository, type Sandbox } from "../test/support/sandbox.ts";
import { compare } from "./support/compare.ts";
import type { Bench, Row } from "./support/row.ts";

/** What the hooks add to git commands, beside the same commands without us. */
export const bench: Bench = async () => {
  const sandbox = createSandbox();
  try {
    return [await emptyCommit(sandbox), await commitWithEvents(sandbox), ...(await rebases(sandbox))];
  } finally {
    sandbox.dispose();
  }
};

const picks = 50;
/** What the hooks may add to an empty commit. */
const addedMs = 15;

async function emptyCommit(sandbox: Sandbox): Promise<Row> {
  const [plain, ours] = [prepare(sandbox, "empty-plain"), prepare(sandbox, "empty-ours")];
  writeEmptyHook(plain);
  installHooks(ours);
  const starts = countStarts(ours);
  const commit = (repository: Repository) => (): unknown =>
    repository.git("commit", "-q", "--allow-empty", "-m", "x");
  const row = await compare({
    what: "git commit --allow-empty with our hooks",
    baseline: { name: "the same with one empty sh post-commit", run: commit(plain) },
    candidate: { run: commit(ours) },
    rounds: 40,
    bar: null,
  });
  return {
    ...row,
    limits: [
      { what: "added", measured: row.measuredMs - row.baselineMs, bar: addedMs, unit: "ms" },
      { what: "Node started", measured: starts(), bar: 0, unit: "Node starts" },
    ],
  };
}

async function commitWithEvents(sandbox: Sandbox): Promise<Row> {
  const [plain, ours] = [prepare(sandbox, "fold-plain"), prepare(sandbox, "fold-ours")];
  writeEmptyHook(plain);
  installHooks(ours);
  let round = 0;
  const commit = (repository: Repository) => (): unknown => {
    repository.write("file", `round ${round++}`);
    return repository.git("commit", "-qam", "x");
  };
  return compare({
    what: "git commit -a that folds one event, with our hooks",
    baseline: { name: "the same with one empty sh post-commit", run: commit(plain) },
    candidate: { run: commit(ours) },
    rounds: 25,
    bar: null,
    note: "no bar is set for it",
  });
}

/** A rebase is measured at several sizes: an empty hook alone costs what a start of sh costs, whatever the repository. */
async function rebases(sandbox: Sandbox): Promise<Row[]> {
  const rows: Row[] = [];
  for (const files of [20, 500, 3000]) {
    const [plain, empty, ours] = ["plain", "empty", "ours"].map((name) =>
      prepareRebase(sandbox, `${name}-${files}`, files),
    );
    if (plain === undefined || empty === undefined || ours === undefined) continue;
    writeEmptyHook(empty);
    installHooks(ours, { track: false });
    const shared = { baseline: { name: "without hooks", run: () => rebase(plain) }, rounds: 9 };
    const floor = await compare({
      ...shared,
      what: `git rebase of ${picks} commits, ${files} files, with one empty sh post-commit`,
      candidate: { run: () => rebase(empty) },
      bar: null,
      note: "the least that any post-commit hook costs",
    });
    const measured = await compare({
      ...shared,
      what: `git rebase of ${picks} commits, ${files} files, with our hooks`,
      candidate: { run: () => rebase(ours) },
      // Where a pick takes less than two starts of a shell, not even an empty hook keeps the bar: see the row above.
      bar: files < 500 ? null : 1.5,
    });
    rows.push(floor, measured);
  }
  return rows;
}

function rebase(repository: Repository): void {
  repository.git("checkout", "-q", "--detach", "topic");
  repository.git("rebase", "-q", "main");
}

function prepareRebase(sandbox: Sandbox, name: string, files: number): Repository {
  const repository = prepare(sandbox, name);
  for (let n = 0; n < files; n++) repository.write(`d/${n}`, `${n}\n`);
  repository.commit({ base: "1" });
  repository.git("checkout", "-q", "-b", "topic");
  for (let n = 0; n < picks; n++) {
    repository.write(`d/${n % 20}`, `${n}\nchanged\n`);
    repository.git("commit", "-qam", `${n}`);
  }
  repository.git("checkout", "-q", "main");
  repository.commit({ other: "1" });
  return repository;
}

function prepare(sandbox: Sandbox, name: string): Repository {
  const repository = createRepository(sandbox, name);
  for (const hook of readdirSync(hooksOf(repository))) rmSync(path.join(hooksOf(repository), hook));
  repository.commit({ file: "0" });
  return repository;
}

function writeEmptyHook(repository: Repository): void {
  writeFileSync(path.join(hooksOf(repository), "post-commit"), "#!/bin/sh\n");
  chmodSync(path.join(hooksOf(repository), "post-commit"), 0o755);
}

function hooksOf(repository: Repository): string {
  const hooks = path.join(repository.dir, ".git", "hooks");
  mkdirSync(hooks, { recursive: true });
  return hooks;
}

/** Puts a program in Node's place that notes each start; returns how often it was started. */
function countStarts(repository: Repository): () => number {
  const log = path.join(repository.sandbox.root, "node-starts");
  const program = path.join(repository.sandbox.root, "node");
  writeFileSync(log, "");
  writeFileSync(program, `#!/bin/sh\necho started >>'${log}'\nexit 10\n`, { mode: 0o755 });
  repository.write(".git/got/bin/node", `${program}\n`);
  return () => readFileSync(log, "utf8").split("\n").length - 1;
}
