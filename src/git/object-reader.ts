import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { GotError } from "../base/errors.ts";
import { objectLimits } from "./object-limits.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { GitCall } from "./run-git.ts";

export type ObjectType = "blob" | "tree" | "commit" | "tag";

/** What became of one object that was asked for. */
export type ObjectAnswer =
  | { readonly kind: "object"; readonly type: ObjectType; readonly bytes: Buffer }
  /** Not in this clone: a shallow or partial one, or a damaged repository. */
  | { readonly kind: "missing" }
  | { readonly kind: "too-large"; readonly type: ObjectType; readonly sizeBytes: number };

/**
 * Reads objects of one repository through one `git cat-file --batch-command` that lives until `close`. Questions may be
 * asked without waiting for answers. What is larger than asked for is never held in memory; nothing is ever fetched.
 */
export interface ObjectReader {
  /** @throws GotError GIT_FAILED when git cannot be started or ends again and again, and once the reader is closed. */
  readonly read: (oid: string, limitBytes: number) => Promise<ObjectAnswer>;
  readonly close: () => Promise<void>;
}

/** Opens a reader, and closes it however `use` ends. */
export async function withObjectReader<T>(
  call: GitCall,
  use: (reader: ObjectReader) => Promise<T>,
): Promise<T> {
  const reader = openObjectReader(call);
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}

export function openObjectReader(call: GitCall): ObjectReader {
  const batch = new Batch(call);
  return {
    read: async (oid, limitBytes) => {
      if (!/^[0-9a-f]{40,64}$/.test(oid)) throw new GotError("INTERNAL", `${oid} is no object's id`);
      // Objects that git streams are looked at first: passing over them would take as long as reading them.
      const info = limitBytes < alwaysReadBytes ? null : await batch.ask({ verb: "info", oid, limitBytes });
      if (info !== null && info.kind !== "object") return info;
      return batch.ask({ verb: "contents", oid, limitBytes });
    },
    close: () => batch.close(),
  };
}

/** Below this limit an object is read without asking for its size first. */
const alwaysReadBytes = 1024 * 1024;

interface Question {
  readonly verb: "info" | "contents";
  readonly oid: string;
  readonly limitBytes: number;
}

interface Pending extends Question {
  readonly resolve: (answer: ObjectAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** The child process, what was asked of it and not answered yet, and the answer that is coming in. */
class Batch {
  readonly #call: GitCall;
  readonly #pending: Pending[] = [];
  #child: ChildProcessWithoutNullStreams | null = null;
  #ended: Promise<void> = Promise.resolve();
  #isClosed = false;
  #restarts = 0;
  #stderr = "";
  /** Bytes that are not understood yet: less than a header. */
  #rest: Buffer = Buffer.alloc(0);
  #body: Body | null = null;

  constructor(call: GitCall) {
    this.#call = call;
  }

  ask(question: Question): Promise<ObjectAnswer> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ ...question, resolve, reject });
      // Whoever still asks while others have failed would start a git that nobody ends.
      if (this.#isClosed) this.#fail("is closed", undefined);
      else if (this.#child === null) this.#start();
      else this.#child.stdin.write(commandOf(question));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#child?.stdin.end();
    await this.#ended;
  }

  #start(): void {
    const child = spawn("git", [...neverFetch, "cat-file", "--batch-command"], {
      cwd: this.#call.cwd,
      env: { ...gitEnvironment(this.#call.env), GIT_NO_LAZY_FETCH: "1" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    this.#rest = Buffer.alloc(0);
    this.#body = null;
    this.#stderr = "";
    child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-1000);
    });
    // A child that ends while it is written to is dealt with where it ends.
    child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => {
      child.on("error", (cause) => {
        this.#fail("could not be started", cause);
        resolve();
      });
      child.on("close", (status) => {
        this.#child = null;
        this.#afterEnd(status);
        resolve();
      });
    });
    child.stdin.write(this.#pending.map(commandOf).join(""));
  }

  /** git before 2.44 ends when it may not fetch what a partial clone has left out: that object is missing, the others are asked for again. */
  #afterEnd(status: number | null): void {
    const first = this.#pending.shift();
    if (first === undefined) return;
    this.#restarts++;
    const isLack = /promisor|fetch|transport/.test(this.#stderr);
    if (this.#isClosed || this.#restarts > objectLimits.readerRestarts || !isLack) {
      this.#pending.unshift(first);
      this.#fail(`ended with status ${status}: ${this.#stderr.trim().split("\n")[0] ?? ""}`, undefined);
      return;
    }
    first.resolve({ kind: "missing" });
    if (this.#pending.length > 0) this.#start();
  }

  #fail(reason: string, cause: unknown): void {
    const error = new GotError("GIT_FAILED", `git cat-file --batch-command ${reason}`, {
      facts: { cwd: this.#call.cwd, stderr: this.#stderr.trim() },
      cause,
    });
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }

  #take(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (data.length > 0) {
      if (this.#body !== null) {
        data = this.#body.take(data);
        if (!this.#body.isComplete()) break;
        const { answer } = this.#body;
        this.#body = null;
        this.#answer(answer());
        continue;
      }
      const end = data.indexOf(newline);
      if (end === -1) break;
      const header = data.toString("latin1", 0, end);
      data = data.subarray(end + 1);
      this.#readHeader(header);
    }
    this.#rest = data;
  }

  #readHeader(header: string): void {
    const question = this.#pending[0];
    const [, type, size] = /^[0-9a-f]+ (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
    if (question === undefined || type === undefined || !isObjectType(type)) {
      this.#answer({ kind: "missing" });
      return;
    }
    const sizeBytes = Number(size);
    const isLarge = sizeBytes > question.limitBytes;
    if (question.verb === "info") {
      const found: ObjectAnswer = { kind: "object", type, bytes: Buffer.alloc(0) };
      this.#answer(isLarge ? { kind: "too-large", type, sizeBytes } : found);
    } else this.#body = new Body(type, sizeBytes, !isLarge);
  }

  #answer(answer: ObjectAnswer): void {
    this.#pending.shift()?.resolve(answer);
  }
}

/** An object's content on its way in; one that is too large is passed over. */
class Body {
  readonly #type: ObjectType;
  readonly #sizeBytes: number;
  readonly #keep: boolean;
  readonly #chunks: Buffer[] = [];
  /** With the newline behind it. */
  #leftBytes: number;

  constructor(type: ObjectType, sizeBytes: number, keep: boolean) {
    this.#type = type;
    this.#sizeBytes = sizeBytes;
    this.#keep = keep;
    this.#leftBytes = sizeBytes + 1;
  }

  /** Takes what belongs to it, and returns the rest. */
  take(data: Buffer): Buffer {
    const part = data.subarray(0, this.#leftBytes);
    this.#leftBytes -= part.length;
    if (this.#keep) this.#chunks.push(part);
    return data.subarray(part.length);
  }

  isComplete(): boolean {
    return this.#leftBytes === 0;
  }

  readonly answer = (): ObjectAnswer => {
    const [type, sizeBytes] = [this.#type, this.#sizeBytes];
    if (!this.#keep) return { kind: "too-large", type, sizeBytes };
    // A copy where it came in one piece: a small object would keep the whole chunk in memory.
    return { kind: "object", type, bytes: Buffer.concat(this.#chunks).subarray(0, sizeBytes) };
  };
}

const newline = 10;
/** For git before 2.44, which does not know GIT_NO_LAZY_FETCH. */
const neverFetch = ["-c", "protocol.allow=never"];

function commandOf({ verb, oid }: Question): string {
  return `${verb} ${oid}\n`;
}

function isObjectType(type: string): type is ObjectType {
  return type === "blob" || type === "tree" || type === "commit" || type === "tag";
}
