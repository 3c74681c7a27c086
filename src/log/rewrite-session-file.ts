import path from "node:path";
import { openByteFile } from "../base/byte-file.ts";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { type JudgedFile, kindOf, linesOf } from "./judge-file.ts";
import { LineKey } from "./line-key.ts";
import { openSessionFile } from "./session-file.ts";

export interface RewriteOptions {
  /** The session's log. */
  readonly path: string;
  /** Another name of the same file. */
  readonly link: string;
  readonly judged: JudgedFile;
}

/**
 * Cuts a session's log, whose events are archived, down to a mark. Lines that are no events stay, each as it was. What
 * others have appended since it was judged is appended to the new file; whoever appends after that notices the new file.
 */
export function rewriteSessionFile({ path: file, link, judged }: RewriteOptions): void {
  const session = path.basename(file, ".jsonl");
  const through = { ts: new Date(judged.newestMs).toISOString(), id: judged.newestId };
  const kept: Buffer[] = [Buffer.from(`${JSON.stringify({ mark: "compacted", session, through })}\n`)];
  const old = openByteFile(link);
  try {
    const key = new LineKey();
    const newline = Buffer.from("\n");
    for (const line of linesOf({ ...old, size: judged.wholeBytes })) {
      if (kindOf(line, key) === "other") kept.push(Buffer.concat([line.bytes, newline]));
    }
  } finally {
    old.close();
  }
  writeFileAtomic(file, kept);
  const late = openByteFile(link);
  try {
    if (late.size <= judged.wholeBytes) return;
    const bytes = Buffer.from(late.read(judged.wholeBytes, late.size - judged.wholeBytes));
    const log = openSessionFile(file, { sync: true });
    try {
      log.append(bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from("\n")]));
    } finally {
      log.close();
    }
  } finally {
    late.close();
  }
}
