import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { findLosses } from "../../src/audit/find-losses.ts";
import { defaultConfig } from "../../src/model/config.ts";

/** As in `corpus.test.ts`. */
const archive =
  process.env["GOT_CORPUS"] ?? path.resolve(import.meta.dirname, "../../../shared/corpus.tar.xz");

await t.test(
  "finds what merges that people committed have lost",
  { skip: !existsSync(archive) && `no corpus at ${archive}`, timeout: 300_000 },
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "got-corpus-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync("tar", ["-xJf", archive, "-C", folder]);
    const root = path.join(folder, "corpus");
    const figures: Record<string, { merges: number; damaged: number; losses: number }> = {};
    for (const repository of readdirSync(root)) {
      for (const name of readdirSync(path.join(root, repository))) {
        const place = path.join(root, repository, name);
        const meta: { kind: string; path: string } = JSON.parse(
          readFileSync(path.join(place, "meta.json"), "utf8"),
        );
        if (meta.kind === "mod-del") continue;
        const extension = meta.path.endsWith(".jsonl") ? "jsonl" : "json";
        const read = (version: string): Buffer => readFileSync(path.join(place, `${version}.${extension}`));
        const [base, ours, theirs, result] = [read("base"), read("ours"), read("theirs"), read("committed")];
        const kind = extension === "json" ? "entity" : "table";
        const found = findLosses(
          kind,
          { bases: [base], sides: [ours, theirs], result },
          { path: meta.path, policy: defaultConfig.policy },
        );
        const figure = (figures[repository] ??= { merges: 0, damaged: 0, losses: 0 });
        if (found.kind === "unreadable") continue;
        figure.merges++;
        if (found.losses.length === 0) continue;
        figure.damaged++;
        figure.losses += found.losses.length;
        for (const loss of found.losses) {
          // A loss is never something that the result has as a parent whose loss it is said to be.
          if (loss.expected !== null && loss.expected === loss.found)
            t.fail(`${repository} ${name}: ${JSON.stringify(loss)}`);
        }
      }
    }
    for (const [repository, figure] of Object.entries(figures)) t.comment(repository, figure);
    const total = Object.values(figures).reduce((sum, { damaged }) => sum + damaged, 0);
    t.ok(total > 0, "the corpus holds merges that lost something");
  },
);
