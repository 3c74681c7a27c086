import { readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { installPacked, pack } from "../support/packed.ts";
import { createRepository, createSandbox } from "../support/sandbox.ts";

const sandbox = createSandbox();
t.teardown(sandbox.dispose);
const project = path.join(sandbox.root, "project");
const packed = pack(sandbox);
const how = installPacked(sandbox, project, packed);
t.comment(
  how === "npm" ? "installed by npm" : "no registry answers: unpacked beside this checkout's dependencies",
);

await t.test("holds what is needed to run, and neither tests nor sources", async (t) => {
  for (const file of [
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "dist/cli/main.js",
    "dist/index.js",
    "dist/index.d.ts",
    "dist/drivers/got-entity.cjs",
    "dist/drivers/got-ahead.cjs",
    "dist/hooks/check-data.cjs",
    "drivers/got-merge.sh",
    "hooks/hook",
    "hooks/pre-commit",
    "docs/cli.md",
  ]) {
    t.ok(packed.files.includes(file), file);
  }
  const known = /^(?:dist|hooks|drivers|docs)\/|^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
  t.same(
    packed.files.filter((file) => !known.test(file)),
    [],
    "nothing else",
  );
  t.same(
    packed.files.filter((file) => /\.test\.|^test\/|(?<!\.d)\.ts$|\.map$/.test(file)),
    [],
    "no tests, no sources",
  );
  // Twenty-five commands, a library and its guide; it was 786 kB when this was set.
  t.ok(packed.sizeBytes < 900_000, `${packed.sizeBytes} bytes`);
});

await t.test("tells its version through npx", async (t) => {
  const run = sandbox.run(project, "npx", ["--no-install", "got-hooks", "--version"]);
  const { version } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, "../../package.json"), "utf8"),
  ) as { version: string };
  t.same([run.status, run.stdout.trim()], [0, version], run.stderr);
});

await t.test("plays its demo, and nothing that an agent did is missing", async (t) => {
  const run = sandbox.run(project, "npx", ["--no-install", "got-hooks", "demo", "--json"]);
  t.equal(run.status, 0, run.stderr);
  const { data } = JSON.parse(run.stdout) as {
    data: {
      checks: { what: string; holds: boolean }[];
      withUs: { merges: { kind: string }[]; graph: string };
      alone: { merges: { kind: string }[]; firstConflict: string };
    };
  };
  for (const { what, holds } of data.checks) t.ok(holds, what);
  t.ok(data.checks.length >= 9);
  t.same(
    data.withUs.merges.map(({ kind }) => kind),
    ["fast-forward", "merged", "merged", "merged", "merged"],
  );
  t.same(
    data.alone.merges.map(({ kind }) => kind),
    ["fast-forward", "conflict", "conflict", "conflict", "conflict"],
  );
  t.match(data.alone.firstConflict, /^<{7} HEAD$/m);
  t.match(data.withUs.graph, "Merge branch 'eve'");
});

await t.test("installs itself into a repository, where plain git merge then merges by meaning", async (t) => {
  const repository = createRepository(sandbox, "merged here");
  const main = path.join(project, "node_modules", ".bin", "got-hooks");
  const install = sandbox.run(repository.dir, main, ["install"]);
  t.equal(install.status, 0, install.stderr);
  const task = (points: number, tags: string[]): string =>
    `${JSON.stringify({ id: "T-1", type: "task", version: 1, points, tags }, null, 2)}\n`;
  const file = ".got/entities/task/T-1.json";
  repository.commit({ [file]: task(1, []) });
  repository.git("checkout", "-q", "-b", "topic");
  repository.commit({ [file]: task(4, ["topic"]) });
  repository.git("checkout", "-q", "main");
  repository.commit({ [file]: task(3, ["main"]) });
  const merge = repository.try("merge", "--no-edit", "topic");
  t.equal(merge.status, 0, merge.stdout + merge.stderr);
  t.match(JSON.parse(repository.read(file)), { points: 6, tags: ["main", "topic"] });
});
