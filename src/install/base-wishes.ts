import { createHash } from "node:crypto";
import path from "node:path";
import { driverKinds, type PathRule } from "../model/policy.ts";
import { attributeLines, driverName } from "./attribute-lines.ts";
import { driverCommand } from "./driver-command.ts";
import type { Payload } from "./payload.ts";
import type { Wish } from "./wish.ts";

/** What an installation knows of its place; paths are absolute. */
export interface Place {
  readonly commonDir: string;
  /** Null in a bare repository: then nothing tracked is written. */
  readonly topLevel: string | null;
  /** Permission bits of new files and of new executables, less the umask. */
  readonly modes: { readonly file: number; readonly executable: number };
  readonly nodePath: string;
  /** What `.got/config.json` says about paths. */
  readonly paths: readonly PathRule[];
  /** 64 hexadecimal digits, random; used only where no key is yet. */
  readonly memoKey: string;
}

/** What is wanted however hooks are reached: programs, drivers, attributes and the minimal configuration. */
export function baseWishes(place: Place, payload: Payload): readonly Wish[] {
  const got = path.join(place.commonDir, "got");
  const bin = path.join(got, "bin");
  const text = (name: string, content: string): Wish => ({
    kind: "whole",
    path: path.join(bin, name),
    mode: place.modes.file,
    content: Buffer.from(content),
  });
  const programs = payload.bin.map((file): Wish => ({
    kind: "whole",
    path: path.join(bin, file.name),
    mode: file.executable ? place.modes.executable : place.modes.file,
    content: file.content,
  }));
  const lines = attributeLines(place.paths);
  const block = (file: string): Wish => ({ kind: "block", path: file, mode: place.modes.file, lines });
  return [
    // The key first: a shim that finds a bundle but no key just works without the memo.
    {
      kind: "seed",
      path: path.join(got, "memo.key"),
      mode: 0o600,
      content: Buffer.from(`${place.memoKey}\n`),
    },
    ...programs,
    text("node", `${place.nodePath}\n`),
    text("version", `${payload.gotVersion}\n`),
    text("build", `${digestOf(payload)}\n`),
    ...driverKinds.flatMap((kind) => driverWishes(kind, path.join(bin, "got-merge"))),
    block(path.join(place.commonDir, "info", "attributes")),
    ...(place.topLevel === null ? [] : trackedWishes(place, place.topLevel, block)),
  ];
}

/** Names the installed programs by content: results that another build has left in the memo never count. */
function digestOf(payload: Payload): string {
  const hash = createHash("sha256");
  for (const { name, content } of payload.bin) hash.update(`${name}\n${content.length}\n`).update(content);
  return hash.digest("hex");
}

function driverWishes(kind: (typeof driverKinds)[number], shimPath: string): readonly Wish[] {
  const section = `merge.${driverName(kind)}`;
  return [
    { kind: "config", key: `${section}.name`, values: [`got-hooks: ${descriptions[kind]}`] },
    { kind: "config", key: `${section}.driver`, values: [driverCommand({ kind, shimPath })] },
  ];
}

const descriptions: Readonly<Record<(typeof driverKinds)[number], string>> = {
  log: "append-only logs, line by line",
  table: "JSONL records by id",
  entity: "JSON documents, field by field",
  snapshot: "compressed snapshots",
};

function trackedWishes(place: Place, topLevel: string, block: (file: string) => Wish): readonly Wish[] {
  const config = Buffer.from(`${JSON.stringify({ version: 1 }, null, 2)}\n`);
  return [
    block(path.join(topLevel, ".gitattributes")),
    {
      kind: "seed",
      path: path.join(topLevel, ".got", "config.json"),
      mode: place.modes.file,
      content: config,
    },
  ];
}
