import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import t from "tap";
import { runInstall, runUninstall } from "../../support/run-install.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";
import { createSmallPackage } from "../../support/small-package.ts";
import { treeState } from "../../support/tree-state.ts";

const hookNames = ["pre-commit", "commit-msg", "post-commit", "pre-push", "prepare-commit-msg"] as const;
const mode = fc.constantFrom(0o755, 0o644, 0o700, 0o600, 0o775, 0o500);
const content = fc.oneof(
  fc.constantFrom(
    "#!/bin/sh\nexit 0\n",
    "#!/bin/bash\necho x",
    "#!/usr/bin/env python3\nprint()\n",
    "",
    "\n\n",
    "LEFTHOOK\n",
  ),
  fc.string(),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const hook = fc.record({ name: fc.constantFrom(...hookNames), mode, content, link: fc.boolean() });
const textFile = fc.option(
  fc.record({
    mode,
    content: fc.oneof(fc.constantFrom("*.png binary\n", "* text=auto\r\n", "# x"), content),
  }),
  { nil: null },
);

/** A repository as an installation may find it. */
const startingState = fc.record({
  hooks: fc.uniqueArray(hook, { selector: (one) => one.name, maxLength: 4 }),
  gitattributes: textFile,
  infoAttributes: textFile,
  gotConfig: fc.option(
    fc.constantFrom(
      '{"version":1}',
      '{ "version": 1, "paths": [{ "match": "a b/*.jsonl", "driver": "table" }] }\n',
      "not JSON",
    ),
    { nil: null },
  ),
  configTail: fc.constantFrom(
    "",
    "[user]\n\tname = x",
    '[merge "got-log"]\n\tdriver = mine %A\n',
    "# end\n[alias]\n  co=checkout ; c\n\n",
  ),
  hooksPath: fc.constantFrom(null, ".hooks", ".husky/_"),
  husky: fc.boolean(),
});

await t.test("install then uninstall is the identity: files, modes, configuration, attributes", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const pack = createSmallPackage(sandbox.root);
  let count = 0;
  const property = fc.property(startingState, (state) => {
    count += 1;
    const { dir } = createRepository(sandbox, `r${count}`);
    const put = (file: string, bytes: string, bits: number): void => {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), Buffer.from(bytes, "latin1"));
      chmodSync(path.join(dir, file), bits);
    };
    const hooks = state.hooksPath === ".hooks" ? ".hooks" : ".git/hooks";
    for (const { name, mode: bits, content: bytes, link } of state.hooks) {
      put(link ? `.elsewhere/${name}` : `${hooks}/${name}`, bytes, bits);
      mkdirSync(path.join(dir, hooks), { recursive: true });
      if (link) symlinkSync(path.join(dir, ".elsewhere", name), path.join(dir, hooks, name));
    }
    if (state.husky) put(".husky/pre-commit", "npm test\n", 0o644);
    if (state.gitattributes !== null)
      put(".gitattributes", state.gitattributes.content, state.gitattributes.mode);
    if (state.infoAttributes !== null)
      put(".git/info/attributes", state.infoAttributes.content, state.infoAttributes.mode);
    if (state.gotConfig !== null) put(".got/config.json", state.gotConfig, 0o644);
    const core = state.hooksPath === null ? "" : `[core]\n\thooksPath = ${state.hooksPath}\n`;
    put(
      ".git/config",
      `[core]\n\trepositoryformatversion = 0\n\tbare = false\n${core}${state.configTail}`,
      0o644,
    );
    const before = treeState(dir);
    runInstall(sandbox, dir, pack);
    const again = runInstall(sandbox, dir, pack);
    if (again.kind !== "unchanged")
      throw new Error(`a second install was not idle: ${JSON.stringify(again.steps)}`);
    const { notes } = runUninstall(sandbox, dir);
    t.strictSame(notes, []);
    const after = treeState(dir);
    for (const file of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[file] !== after[file]) throw new Error(`${file}: ${before[file]} became ${after[file]}`);
    }
  });
  const seed = Number(process.env["GOT_TEST_SEED"] ?? Date.now() % 1_000_000);
  t.comment(`seed ${seed}`);
  fc.assert(property, { numRuns: 25, seed, endOnFailure: true });
});
