import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Bench, type Row, rowPasses } from "./support/row.ts";

/**
 * Runs every bench (`bench/<name>.ts` with an export `bench`), or those that are named, one after the other, and prints
 * a table under a line that says what machine it was. Exit 1 when a row misses its bar or a bench fails.
 *
 *     npm run bench [-- [--json] [NAME…]]
 */
async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  const all = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".ts") && file !== path.basename(import.meta.filename))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
  const wanted = argv.filter((word) => word !== "--json");
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`No such bench: ${unknown.join(", ")}. There are ${all.join(", ")}.`);
    return 2;
  }
  const machine = machineLine();
  if (!json) console.log(`${machine}\n\n${tableHead}`);
  const rows: (Row & { bench: string; passes: boolean })[] = [];
  const failed: string[] = [];
  for (const name of wanted.length > 0 ? wanted : all) {
    try {
      const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
      for (const row of await bench()) {
        rows.push({ bench: name, ...row, passes: rowPasses(row) });
        if (!json) console.log(tableRow(row));
      }
    } catch (error) {
      // The others are still worth running.
      failed.push(name);
      console.error(`bench ${name} failed:`, error);
    }
  }
  if (json) console.log(JSON.stringify({ version: 1, machine, rows, failed }, null, 2));
  return failed.length === 0 && rows.every(({ passes }) => passes) ? 0 : 1;
}

/** CPU, cores, memory, system, and the versions that matter. */
function machineLine(): string {
  const git = execFileSync("git", ["version"], { encoding: "utf8" }).trim();
  const cpus = os.cpus();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  return `${cpus[0]?.model.trim() || "unknown CPU"}, ${cpus.length} cores, ${memory}, ${os.type()} ${os.release()} ${os.arch()}, Node ${process.versions.node}, ${git}`;
}

const tableHead = `| what | baseline | baseline ms (CPU) | measured ms (CPU) | ratio | at most | |
|---|---|---|---|---|---|---|`;

function tableRow(row: Row): string {
  const limits = (row.limits ?? []).map(
    ({ what, measured, bar, unit }) => `${what}: ${number(measured)} ${unit} (at most ${number(bar)})`,
  );
  const notes = [...limits, ...(row.note === undefined ? [] : [row.note])].join("; ");
  const cells = [
    row.what,
    row.baseline,
    times(row.baselineMs, row.baselineCpuMs),
    times(row.measuredMs, row.measuredCpuMs),
    `${number(row.ratio)} ×`,
    row.bar === null ? "–" : `${number(row.bar)} ×`,
    [rowPasses(row) ? "ok" : "MISSED", notes].filter(Boolean).join("; "),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function times(wallMs: number, cpuMs: number | undefined): string {
  return cpuMs === undefined ? number(wallMs) : `${number(wallMs)} (${number(cpuMs)})`;
}

/** Three significant digits, whole numbers in full. */
function number(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 1000
    ? Math.round(value).toString()
    : Number(value.toPrecision(3)).toString();
}

// Not `tap`'s or a caller's preloads: what is measured starts as users start it.
delete process.env["NODE_OPTIONS"];
process.exitCode = await main(process.argv.slice(2));
