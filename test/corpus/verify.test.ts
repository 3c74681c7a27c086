import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { findLosses } from "../../src/audit/find-losses.ts";
import type { Loss } from "../../src/audit/loss.ts";
import { mergeByKind } from "../../src/merge/merge-by-kind.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { mergeOptions } from "../support/merge.ts";

/** As in `corpus.test.ts`. */
const archive =
  process.env["GOT_CORPUS"] ?? path.resolve(import.meta.dirname, "../../../shared/corpus.tar.xz");

/** The lines of a table by their id, where one has each id once; read without anything of ours. */
function linesById(bytes: Buffer): Map<string, string> | undefined {
  const lines = new Map<string, string>();
  for (const line of bytes.toString("utf8").split("\n").filter(Boolean)) {
    const { id }: { id?: unknown } = JSON.parse(line);
    if (typeof id !== "string" || lines.has(id)) return undefined;
    lines.set(id, line);
  }
  return lines;
}

/** Ids that exactly one side added and the result has not; undefined where that can't be told so simply. */
function lostIds(versions: readonly Buffer[]): ReadonlySet<string> | undefined {
  const [base, ours, theirs, result] = versions.map(linesById);
  if (!base || !ours || !theirs || !result) return undefined;
  const sides = [...ours.keys(), ...theirs.keys()];
  return new Set(sides.filter((id) => !base.has(id) && !result.has(id)));
}

await t.test(
  "finds what merges that people committed have lost, and nothing in what the drivers merge",
  { skip: !existsSync(archive) && `no corpus at ${archive}`, timeout: 600_000 },
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "got-corpus-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync("tar", ["-xJf", archive, "-C", folder]);
    const root = path.join(folder, "corpus");
    const figures: Record<string, { merges: number; damaged: number; losses: number }> = {};
    const told = { clean: 0, lost: 0 };
    for (const repository of readdirSync(root)) {
      for (const name of readdirSync(path.join(root, repository))) {
        const place = path.join(root, repository, name);
        const meta: { kind: string; path: string } = JSON.parse(
          readFileSync(path.join(place, "meta.json"), "utf8"),
        );
        if (meta.kind === "mod-del") continue;
        const extension = meta.path.endsWith(".jsonl") ? "jsonl" : "json";
        const read = (version: string): Buffer => readFileSync(path.join(place, `${version}.${extension}`));
        const [base, ours, theirs, committed] = [
          read("base"),
          read("ours"),
          read("theirs"),
          read("committed"),
        ];
        const kind = extension === "json" ? "entity" : "table";
        const options = mergeOptions({ path: meta.path, policy: defaultConfig.policy });
        const lossesOf = (sides: readonly Buffer[], result: Buffer): readonly Loss[] | undefined => {
          const found = findLosses(kind, { bases: [base], sides, result }, options);
          return found.kind === "unreadable" ? undefined : found.losses;
        };
        for (const [one, other] of [
          [ours, theirs],
          [theirs, ours],
        ] as const) {
          const merged = mergeByKind(kind, { base, ours: one, theirs: other }, options);
          if (merged.kind !== "merged") continue;
          told.clean++;
          const losses = lossesOf([other, one], Buffer.concat(merged.chunks));
          if (losses?.length !== 0)
            t.fail(`${repository} ${name}: the drivers' result`, { losses: losses?.slice(0, 3) });
        }
        const losses = lossesOf([ours, theirs], committed);
        if (losses === undefined) continue;
        const figure = (figures[repository] ??= { merges: 0, damaged: 0, losses: 0 });
        figure.merges++;
        figure.losses += losses.length;
        if (losses.length > 0) figure.damaged++;
        const lost = kind === "table" ? lostIds([base, ours, theirs, committed]) : undefined;
        if (lost === undefined) continue;
        told.lost += lost.size;
        const added = losses.filter((loss) => loss.kind === "record-lost" && loss.base === null);
        t.strictSame(
          new Set(added.map(({ at }) => at)),
          lost,
          `${repository} ${name}: records that are gone`,
        );
      }
    }
    for (const [repository, figure] of Object.entries(figures)) t.comment(repository, figure);
    t.comment(told);
    t.ok(told.clean > 100, `${told.clean} clean merges of the drivers' lost nothing`);
    t.ok(told.lost > 100, `${told.lost} added records that are gone were found`);
  },
);
