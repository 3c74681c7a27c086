import path from "node:path";
import type { StoreFiles } from "../../src/store/store-files.ts";

interface FileNode {
  readonly kind: "file";
  data: Buffer;
  /** What is on the disk for certain. */
  durable: Buffer;
}

interface FolderNode {
  readonly kind: "folder";
  readonly entries: Map<string, TreeNode>;
  readonly durable: Map<string, TreeNode>;
  /** Changes of names since the last sync, in order. */
  pending: { readonly name: string; readonly node: TreeNode | null }[];
}

type TreeNode = FileNode | FolderNode;

/** Files in memory on a disk that keeps only what was synced, and of the rest what chance leaves of it. */
export interface PowerCutFiles {
  readonly files: StoreFiles;
  /** Steps that change something, so far. */
  readonly steps: () => number;
  /** From this step on every call fails. */
  readonly cutAt: (step: number) => void;
  /**
   * The disk after the power is back: of each folder's unsynced changes some first ones (renames among them, each as a whole),
   * of each file's unsynced bytes all, some, none, or zeros in their place.
   */
  readonly restart: (random: () => number) => PowerCutFiles;
}

export function createPowerCutFiles(root: FolderNode = emptyFolder()): PowerCutFiles {
  const descriptors = new Map<
    number,
    { readonly node: FileNode; offset: number; readonly append: boolean }
  >();
  let steps = 0;
  let cut = Infinity;
  let nextDescriptor = 3;

  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const step = (): void => {
    if (++steps >= cut) fail("EIO");
  };
  const look = (file: string): TreeNode | undefined => {
    let node: TreeNode | undefined = root;
    for (const name of file.split(path.sep).filter(Boolean)) {
      node = node?.kind === "folder" ? node.entries.get(name) : undefined;
    }
    return node;
  };
  const folderOf = (file: string): FolderNode => {
    const node = look(path.dirname(file));
    return node?.kind === "folder" ? node : fail("ENOENT");
  };
  const name = (file: string, node: TreeNode | null): void => {
    const folder = folderOf(file);
    const base = path.basename(file);
    if (node === null) folder.entries.delete(base);
    else folder.entries.set(base, node);
    folder.pending.push({ name: base, node });
  };
  const opened = (
    descriptor: number,
  ): { readonly node: FileNode; offset: number; readonly append: boolean } =>
    descriptors.get(descriptor) ?? fail("EBADF");
  const fileAt = (file: string): FileNode => {
    const node = look(file);
    return node?.kind === "file" ? node : fail("ENOENT");
  };

  const files: StoreFiles = {
    open: (file, mode) => {
      let node = look(file);
      if (node?.kind === "folder") return fail("EISDIR");
      if (node === undefined && mode === "read") return fail("ENOENT");
      if (node !== undefined && mode === "create") return fail("EEXIST");
      if (node === undefined) {
        step();
        node = { kind: "file", data: Buffer.alloc(0), durable: Buffer.alloc(0) };
        name(file, node);
      }
      descriptors.set(nextDescriptor, { node, offset: 0, append: mode === "append" });
      return nextDescriptor++;
    },
    size: (descriptor) => opened(descriptor).node.data.length,
    read: (descriptor, offset, length) =>
      Buffer.from(opened(descriptor).node.data.subarray(offset, offset + length)),
    write: (descriptor, bytes) => {
      step();
      const { node } = opened(descriptor);
      node.data = Buffer.concat([node.data, bytes]);
      return bytes.length;
    },
    truncate: (descriptor, size) => {
      step();
      const { node } = opened(descriptor);
      node.data = Buffer.from(node.data.subarray(0, size));
    },
    sync: async (descriptor) => files.syncNow(descriptor),
    syncNow: (descriptor) => {
      step();
      const { node } = opened(descriptor);
      node.durable = node.data;
    },
    close: (descriptor) => void descriptors.delete(descriptor),
    rename: (from, to) => {
      step();
      const node = fileAt(from);
      name(from, null);
      name(to, node);
    },
    link: (existing, to) => {
      step();
      if (look(to) !== undefined) fail("EEXIST");
      name(to, fileAt(existing));
    },
    remove: (file) => {
      step();
      fileAt(file);
      name(file, null);
    },
    makeDirectory: (directory) => {
      const node = look(directory);
      if (node !== undefined) return;
      if (directory !== path.dirname(directory)) files.makeDirectory(path.dirname(directory));
      step();
      name(directory, emptyFolder());
    },
    list: (directory) => {
      const node = look(directory);
      return node?.kind === "folder" ? [...node.entries.keys()] : fail("ENOENT");
    },
    kind: (file) => {
      const node = look(file);
      return node === undefined ? "none" : node.kind === "file" ? "file" : "directory";
    },
    isWritable: () => true,
    syncDirectory: (directory) => {
      step();
      const node = look(directory);
      if (node?.kind !== "folder") return;
      applyPending(node, node.pending.length);
      node.pending = [];
    },
  };

  return {
    files,
    steps: () => steps,
    cutAt: (at) => {
      cut = at;
    },
    restart: (random) => {
      const survivors = new Map<TreeNode, TreeNode>();
      const survive = (node: TreeNode): TreeNode => {
        const known = survivors.get(node);
        if (known !== undefined) return known;
        if (node.kind === "file") {
          const data = whatIsLeft(node, random);
          const left: FileNode = { kind: "file", data, durable: data };
          survivors.set(node, left);
          return left;
        }
        const left = emptyFolder();
        survivors.set(node, left);
        applyPending(node, Math.floor(random() * (node.pending.length + 1)));
        for (const [entry, child] of node.durable) {
          const kept = survive(child);
          left.entries.set(entry, kept);
          left.durable.set(entry, kept);
        }
        return left;
      };
      const after = survive(root);
      return createPowerCutFiles(after.kind === "folder" ? after : emptyFolder());
    },
  };
}

function emptyFolder(): FolderNode {
  return { kind: "folder", entries: new Map(), durable: new Map(), pending: [] };
}

function applyPending(folder: FolderNode, count: number): void {
  for (const { name, node } of folder.pending.slice(0, count)) {
    if (node === null) folder.durable.delete(name);
    else folder.durable.set(name, node);
  }
}

function whatIsLeft({ data, durable }: FileNode, random: () => number): Buffer {
  if (data === durable) return data;
  const chance = random();
  if (chance < 0.25) return durable;
  if (chance < 0.5) return data;
  const shared =
    data.length >= durable.length && data.subarray(0, durable.length).equals(durable) ? durable.length : 0;
  const left = Buffer.from(data);
  const from = shared + Math.floor(random() * (data.length - shared + 1));
  return chance < 0.75 ? left.subarray(0, from) : left.fill(0, from);
}
