import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bothChanged, diverge, resolve } from "../support/conflicted.ts";
import { cli } from "../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
let count = 0;

function proposing(command: string, more: Record<string, unknown> = {}): Repository {
  const repository = createRepository(sandbox, `repo-${count++}`);
  const config = JSON.stringify({ version: 1, commands: { resolver: command }, ...more });
  diverge(repository, {
    ...bothChanged,
    ".got/config.json": { base: config },
    "a.ts": { base: "1\n", ours: "2\n", theirs: "3\n" },
  });
  t.not(repository.try("merge", "-q", "topic").status, 0);
  return repository;
}

async function hashOf(dir: string, kind = "resolver"): Promise<string> {
  const run = await cli(dir, ["trust", "add", kind, "--json"]);
  return (JSON.parse(run.stdout) as { data: { hash: string } }).data.hash;
}

const take = 'cp "$2" "$4"; touch .git/ran; :';

await t.test("what a repository proposes runs only after its user approved exactly that text", async (t) => {
  const repository = proposing(take);
  const { dir } = repository;
  const ran = path.join(dir, ".git", "ran");
  t.match(await resolve(dir, "--ours"), { status: 1, stderr: /proposes a resolver, which is not approved/ });
  t.notOk(existsSync(ran));
  const hash = await hashOf(dir);
  t.match(await cli(dir, ["trust", "add", "resolver"]), { status: 1, stdout: /It runs with your rights/ });
  t.match(await cli(dir, ["trust", "add", "resolver", "--yes", "00000000"]), {
    status: 2,
    stderr: /not the beginning of the hash/,
  });
  t.match(await cli(dir, ["trust", "add", "resolver", "--yes", hash.slice(0, 15)]), { status: 2 });
  t.match(await cli(dir, ["trust", "add", "resolver", "--yes", hash.slice(0, 16)]), { status: 0 });
  t.equal(statSync(path.join(dir, ".git", "got", "trust.json")).mode & 0o777, 0o600);
  t.match(await resolve(dir, "--ours"), { status: 0 });
  t.ok(existsSync(ran));
  t.match(await cli(dir, ["trust", "list"]), { stdout: /resolver .*\n.*\n {2}approved / });
});

await t.test("one byte of difference needs a new approval, and revoking takes it back", async (t) => {
  const repository = proposing(take);
  const hash = await hashOf(repository.dir);
  await cli(repository.dir, ["trust", "add", "resolver", "--yes", hash.slice(0, 16)]);
  const config = repository.read(".got/config.json");
  repository.write(".got/config.json", config.replace("ran", "rAn"));
  t.match(await resolve(repository.dir, "--ours"), { status: 1, stderr: /not approved/ });
  t.match(await cli(repository.dir, ["trust", "list"]), {
    stdout: /not approved: it never runs[^]*but not proposed any more/,
  });
  repository.write(".got/config.json", config);
  // A configuration that can't be read stands in the way of approving, not of taking back.
  repository.write(".got/config.json", "{");
  t.match(await cli(repository.dir, ["trust", "revoke", "resolver"]), {
    status: 0,
    stdout: /not approved any more/,
  });
  t.match(await cli(repository.dir, ["trust", "revoke", "resolver"]), {
    status: 1,
    stdout: /Nothing is approved/,
  });
  repository.write(".got/config.json", config);
  t.match(await resolve(repository.dir), { status: 1, stderr: /not approved/ });
});

await t.test("escape codes and line breaks in a proposal are seen, not obeyed", async (t) => {
  const { dir } = proposing("evil\u001B[2K\u001B[1A good\nrm -rf x\u202Etxt");
  const shown = (await cli(dir, ["trust", "add", "resolver"])).stdout;
  t.match(shown, "evil\\x1b[2K\\x1b[1A good\\nrm -rf x\\u202etxt");
  t.notOk(shown.includes("\u001B") || shown.includes("\u202E"));
});

await t.test("an approval that others may have written counts for nothing", async (t) => {
  const { dir } = proposing(take);
  await cli(dir, ["trust", "add", "resolver", "--yes", await hashOf(dir)]);
  const file = path.join(dir, ".git", "got", "trust.json");
  chmodSync(file, 0o666);
  t.match(await resolve(dir, "--ours"), { status: 1, stderr: /not approved/ });
  t.match(JSON.parse(readFileSync(file, "utf8")), { approvals: [{ kind: "resolver" }] });
});

await t.test("auto-commit that a repository asks for needs approval as well", async (t) => {
  const repository = createRepository(sandbox, `repo-${count++}`);
  repository.commit({ ".got/config.json": JSON.stringify({ version: 1, events: { autoCommit: true } }) });
  repository.git("checkout", "-q", "-b", "work");
  const append = async (): Promise<string> => (await cli(repository.dir, ["event", "append", "note"])).stderr;
  t.match(await append(), /got-hooks trust add auto-commit/);
  t.match(repository.git("log", "--format=%s"), /^change\n$/);
  await cli(repository.dir, [
    "trust",
    "add",
    "auto-commit",
    "--yes",
    await hashOf(repository.dir, "auto-commit"),
  ]);
  t.notMatch(await append(), /trust/);
  t.match(repository.git("log", "--format=%s"), /^got: /);
});
