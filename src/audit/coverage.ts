import { limits } from "../base/limits.ts";
import { auditLimits } from "./audit-limits.ts";
import { type MergeAttribute, mergeAttributeOf, parseMergeAttributes } from "../git/attribute-file.ts";
import type { ObjectReader } from "../git/object-reader.ts";
import type { TreeEntry, TreeReader } from "../git/tree-reader.ts";
import { parsePolicyConfig } from "../model/policy-config.ts";
import { driverFor, registeredPatterns } from "../model/driver-paths.ts";
import { type DriverKind, driverKinds, noPolicy, type Policy } from "../model/policy.ts";
import { mayMatchIn } from "../model/path-pattern.ts";
import { readFile } from "./read-file.ts";

/** Which driver takes which path, and by which policy, in merges into one commit. */
export interface Coverage {
  readonly policy: Policy;
  /** Why the commit's own policy is not in force; null when it is, or there is none. */
  readonly note: string | null;
  readonly kindOf: (path: string) => Promise<DriverKind | null>;
  /** Whether a driver may take something below a folder; `rawFolder` as `PathVersions.rawPath`. */
  readonly mayHold: (rawFolder: string) => boolean;
}

/** Answers for one tree after the other, and remembers what it has parsed. */
export type CoverageOf = (tree: string | null) => Promise<Coverage>;

/**
 * Tells coverage from what a commit itself holds, so that every clone says the same: what install registers for its
 * `.got/config.json`, else its `.gitattributes`. What `info/attributes` of this clone says beyond that is left out.
 * A policy that can't be used is noted, and the built-in one holds, as the drivers have it.
 *
 * @param options.attributeFolders folders, beside the top, in which a `.gitattributes` names our drivers (raw, with a slash at
 *   the end); without it any folder may have one.
 */
export function createCoverage(
  objects: ObjectReader,
  trees: TreeReader,
  options: { readonly attributeFolders?: readonly string[] } = {},
): CoverageOf {
  const policies = new Map<string, Promise<FoundPolicy>>();
  const attributes = new Map<string, Promise<readonly MergeAttribute[]>>();
  const remembered = <T>(known: Map<string, Promise<T>>, oid: string, read: () => Promise<T>): Promise<T> => {
    const found = known.get(oid) ?? read();
    if (known.size >= rememberedFiles) known.clear();
    known.set(oid, found);
    return found;
  };
  const entryAt = async (tree: string, name: string): Promise<TreeEntry | null> =>
    (await trees.tree(tree)).get(name) ?? null;

  const topPatterns = async (root: string | null): Promise<readonly string[]> => {
    const entry = root === null ? null : await entryAt(root, ".gitattributes");
    if (entry === null) return [];
    const lines = await remembered(attributes, entry.oid, () => readAttributes(objects, entry));
    return lines.filter(({ value }) => kindNamed(value) !== undefined).map(({ pattern }) => pattern);
  };

  return async (root) => {
    const folder = root === null ? null : await entryAt(root, ".got");
    const file = folder?.mode === "40000" ? await entryAt(folder.oid, "config.json") : null;
    const { policy, note } =
      file === null ? builtIn : await remembered(policies, file.oid, () => readPolicy(objects, file));
    const patterns = options.attributeFolders && [
      ...registeredPatterns(policy),
      ...(await topPatterns(root)),
      ...options.attributeFolders.map((inside) => `/${inside}**`),
    ];
    const attributesIn = async (path: string) => {
      const files: { folder: string; attributes: readonly MergeAttribute[] }[] = [];
      const bytes = Buffer.from(path).toString("latin1");
      let tree = root;
      for (let at = 0; tree !== null;) {
        const entry = await entryAt(tree, ".gitattributes");
        if (entry !== null) {
          files.push({
            folder: Buffer.from(bytes.slice(0, at), "latin1").toString("utf8"),
            attributes: await remembered(attributes, entry.oid, () => readAttributes(objects, entry)),
          });
        }
        const slash = bytes.indexOf("/", at);
        if (slash === -1) break;
        const inner = await entryAt(tree, bytes.slice(at, slash));
        tree = inner?.mode === "40000" ? inner.oid : null;
        at = slash + 1;
      }
      return files;
    };
    return {
      policy,
      note,
      mayHold: (rawFolder) => patterns?.some((pattern) => mayMatchIn(pattern, rawFolder)) ?? true,
      kindOf: async (path) => {
        const registered = driverFor(policy, path);
        if (registered !== undefined) return registered;
        const value = mergeAttributeOf(await attributesIn(path), path);
        return kindNamed(value) ?? null;
      },
    };
  };
}

function kindNamed(value: MergeAttribute["value"] | undefined): DriverKind | undefined {
  return driverKinds.find((kind) => value === `got-${kind}`);
}

/** Parsed files that are kept at once. */
const rememberedFiles = 1_000;

interface FoundPolicy {
  readonly policy: Policy;
  readonly note: string | null;
}

const builtIn: FoundPolicy = { policy: noPolicy, note: null };

async function readPolicy(objects: ObjectReader, entry: TreeEntry): Promise<FoundPolicy> {
  const file = await readFile(objects, entry, limits.configBytes);
  if (file.kind === "unread") return withoutPolicy(file.reason);
  const parsed = parsePolicyConfig(Buffer.from(file.bytes ?? []).toString("utf8"));
  if (parsed.kind === "parsed") return { policy: parsed.config, note: null };
  const [{ at, reason }] = parsed.problems;
  return withoutPolicy(`${at}: ${reason}`);
}

function withoutPolicy(reason: string): FoundPolicy {
  return {
    policy: noPolicy,
    note: `.got/config.json: ${reason}; the built-in merge policy applies`,
  };
}

async function readAttributes(objects: ObjectReader, entry: TreeEntry): Promise<readonly MergeAttribute[]> {
  const file = await readFile(objects, entry, auditLimits.attributeFileBytes);
  return file.kind === "unread" ? [] : parseMergeAttributes(Buffer.from(file.bytes ?? []).toString("utf8"));
}
