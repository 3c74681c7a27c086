import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { mergeEntity } from "../../src/merge/merge-entity.ts";
import { mergeLogBytes } from "../../src/merge/merge-log.ts";
import type { Merge, MergeInputs } from "../../src/merge/merge-result.ts";
import { mergeTable } from "../../src/merge/merge-table.ts";
import { mergeOptions, textOf } from "../support/merge.ts";
import { testEnvironment } from "../support/sandbox.ts";
import { brokenJson, brokenLines, type CaseTexts, takeSide } from "./invariants.ts";

/** Real three-way merges of public repositories; not part of the package. Another set can be named by GOT_CORPUS. */
const archive =
  process.env["GOT_CORPUS"] ?? path.resolve(import.meta.dirname, "../../../shared/corpus.tar.xz");

interface Case {
  readonly name: string;
  readonly repository: string;
  readonly path: string;
  readonly folder: string;
  readonly extension: "json" | "jsonl";
}

await t.test(
  "real merges keep every invariant",
  { skip: !existsSync(archive) && `no corpus at ${archive}`, timeout: 600_000 },
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "got-corpus-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync("tar", ["-xJf", archive, "-C", folder]);
    const cases = findCases(path.join(folder, "corpus"));
    t.ok(cases.length > 0, `${cases.length} merges that git would give to a driver`);
    const figures: Record<string, Record<string, number>> = {};
    for (const found of cases) {
      const merges: [string, Merge][] =
        found.extension === "json"
          ? [["entity", mergeEntity]]
          : [
              ["table", mergeTable],
              ["log", mergeLogBytes],
            ];
      for (const [driver, merge] of merges) {
        const { problems, outcome } = score(found, merge);
        if (problems.length > 0)
          t.fail(`${driver}: ${found.name} ${found.path}`, { problems: problems.slice(0, 5) });
        const row = (figures[`${found.repository} ${driver}`] ??= {});
        for (const figure of outcome) row[figure] = (row[figure] ?? 0) + 1;
      }
    }
    for (const [name, row] of Object.entries(figures)) t.comment(`${name}: ${JSON.stringify(row)}`);
    t.pass("every case was scored");
  },
);

function findCases(root: string): Case[] {
  return readdirSync(root).flatMap((repository) =>
    readdirSync(path.join(root, repository)).flatMap((name): Case[] => {
      const folder = path.join(root, repository, name);
      const meta: { kind: string; path: string } = JSON.parse(
        readFileSync(path.join(folder, "meta.json"), "utf8"),
      );
      // git never gives a modify/delete conflict to a driver.
      if (meta.kind === "mod-del") return [];
      return [
        {
          name,
          repository,
          path: meta.path,
          folder,
          extension: meta.path.endsWith(".jsonl") ? "jsonl" : "json",
        },
      ];
    }),
  );
}

function score(found: Case, merge: Merge): { problems: string[]; outcome: string[] } {
  const read = (version: string): Buffer =>
    readFileSync(path.join(found.folder, `${version}.${found.extension}`));
  const inputs: MergeInputs = { base: read("base"), ours: read("ours"), theirs: read("theirs") };
  const texts: CaseTexts = {
    base: String(inputs.base),
    ours: String(inputs.ours),
    theirs: String(inputs.theirs),
  };
  const options = mergeOptions({ path: found.path });
  const result = merge(inputs, options);
  const swapped = merge({ ...inputs, ours: inputs.theirs, theirs: inputs.ours }, options);
  const check = found.extension === "json" ? brokenJson : brokenLines;
  const [text, other] = [textOf(result), textOf(swapped)];
  const problems: string[] = [];
  if (result.kind !== swapped.kind) problems.push(`${result.kind}, but ${swapped.kind} with sides swapped`);
  if (result.kind === "unmergeable") problems.push(result.reason);
  if (result.kind === "merged") {
    if (text !== other) problems.push("other bytes with sides swapped");
    problems.push(...check(texts, text));
    for (const parent of [inputs.ours, inputs.theirs]) {
      for (const base of [parent, inputs.base]) {
        const again = merge({ base, ours: Buffer.from(text), theirs: parent }, options);
        if (textOf(again) !== text) problems.push("merging again with a parent changes the result");
      }
    }
  }
  if (result.kind === "conflict") {
    if (takeSide(text, "ours") !== takeSide(other, "theirs"))
      problems.push("conflicts are not mirrored with sides swapped");
    const disputed = result.conflicts.map(({ at }) => `/${at.replaceAll(".", "/")}`);
    for (const side of ["ours", "theirs"] as const) {
      const broken = check(texts, takeSide(text, side));
      problems.push(
        ...broken.filter((problem) =>
          found.extension === "jsonl"
            ? problem.includes("parse")
            : !disputed.some((at) => problem.startsWith(at)),
        ),
      );
    }
  }
  const textConflicts = spawnSync(
    "git",
    [
      "merge-file",
      "-p",
      "-q",
      ...["ours", "base", "theirs"].map((version) => `${version}.${found.extension}`),
    ],
    {
      cwd: found.folder,
      env: testEnvironment(found.folder),
      stdio: "ignore",
    },
  );
  const asText = textConflicts.status === 0 ? "clean as text" : "conflict as text";
  const outcome = [result.kind, asText];
  if (result.kind === "merged" && textConflicts.status !== 0) outcome.push("conflict as text, clean here");
  if (result.kind === "conflict" && textConflicts.status === 0) outcome.push("clean as text, conflict here");
  if (result.kind === "merged" && text === String(read("committed"))) {
    outcome.push("equals what was committed");
    if (textConflicts.status !== 0) outcome.push("conflict as text, equals what was committed");
  }
  return { problems, outcome };
}
