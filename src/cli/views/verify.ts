import type { Loss, LossKind } from "../../audit/loss.ts";
import type { DamagedMerge, UncheckedMerge, Verification } from "../../audit/verify-range.ts";
import { oneLine, printable } from "../printable.ts";

/** What merges lost, merge by merge, then what was checked in all. */
export function verifyText(data: Verification): string {
  const listed = data.damaged
    .flatMap(({ files }) => files)
    .reduce((sum, { losses }) => sum + losses.length, 0);
  const more = data.losses > listed ? [`(the first ${listed} of ${data.losses} losses are listed)\n`] : [];
  return printable(
    [
      ...data.damaged.map(mergeText),
      ...more,
      ...data.unchecked.map(uncheckedText),
      `${summary(data)}\n`,
      ...(data.damaged.length === 0 ? [] : [remedy]),
    ].join(""),
  );
}

const remedy = `Bring back what is missing in a commit of your own; git show <parent>:<file> shows what a parent had.\n`;

function mergeText({ commit, subject, parents, files }: DamagedMerge): string {
  const lines = files.flatMap(({ path, losses }) => [
    `  ${oneLine(path)}\n`,
    ...losses.map((loss) => `    ${lossText(loss, parents)}\n`),
  ]);
  return `${commit.slice(0, 10)} ${subject}\n${lines.join("")}`;
}

function lossText(loss: Loss, parents: readonly string[]): string {
  const { kind, at, base, expected, found } = loss;
  const where = at === "" ? "" : ` ${short(at)}`;
  const whose = loss.parents
    .map((parent) => `parent ${parent} (${parents[parent - 1]?.slice(0, 10) ?? "?"})`)
    .join(" and ");
  const from = loss.parents.length === parents.length && loss.parents.length > 1 ? "every parent" : whose;
  switch (kind) {
    case "file-lost":
      return `the file is gone; ${from} had it (${expected ?? ""}), and nobody removed it`;
    case "record-lost":
    case "line-lost":
      return `${names[kind]}${where} is gone; ${from} had it: ${short(expected ?? "")}`;
    case "value-lost":
      return `${names[kind]}${where} is gone; ${from} had ${short(expected ?? "")}`;
    case "edit-undone":
      return `${names[kind]}${where} is as it was before, ${short(base ?? "(none)")}; ${from} made it ${short(expected ?? "(none)")}`;
    case "edit-replaced":
      return `${names[kind]}${where} became ${short(found ?? "(none)")}; only ${from} had changed it, to ${short(expected ?? "(none)")}`;
    case "removal-undone":
      return found === "the file" && at === ""
        ? `the file is there again; ${from} had removed it`
        : `${names[kind]}${where} is there again; ${from} had removed it`;
    case "duplicate-id":
      return `the id${where} stands ${found ?? "several times"}`;
    case "broken-data":
      return `${at === "" ? "" : `${at}: `}${oneLine(found ?? "")}`;
  }
}

const names: Record<LossKind, string> = {
  "file-lost": "the file",
  "record-lost": "the record",
  "line-lost": "the line",
  "value-lost": "the value",
  "edit-undone": "the edit of",
  "edit-replaced": "the value of",
  "removal-undone": "what was removed,",
  "duplicate-id": "the id",
  "broken-data": "the data",
};

function uncheckedText({ commit, path, reason }: UncheckedMerge): string {
  return `${commit.slice(0, 10)} not checked${path === null ? "" : `: ${oneLine(path)}`}: ${reason}\n`;
}

function summary({ range, merges, compared, files, losses, damaged, unchecked }: Verification): string {
  const looked = `${plural(merges, "merge")} of ${range}; ${plural(files, "file")} in ${compared} of them compared`;
  const open = unchecked.length === 0 ? "" : `; ${unchecked.length} not checked`;
  if (losses === 0) return `${looked}${open}: nothing was lost.`;
  return `${looked}${open}: ${losses} lost or broken in ${plural(damaged.length, "merge")}.`;
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

const shownLength = 120;

function short(value: string): string {
  const text = oneLine(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
