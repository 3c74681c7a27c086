import type { Import } from "./import-graph.ts";

/** What a folder may reach besides itself; `docs/architecture.md` has the same as a table. */
interface Layer {
  readonly folder: string;
  /** Folders it may import from; `*` is every folder. */
  readonly folders: readonly string[];
  readonly packages: readonly string[];
  /** Modules of Node it may import; `*` is all. */
  readonly node: readonly string[];
}

const pure = ["src/base", "src/model"];
const shared = [...pure, "src/merge"];

const layers: readonly Layer[] = [
  { folder: "src/base", folders: [], packages: [], node: ["*"] },
  {
    folder: "src/model",
    folders: ["src/base"],
    packages: ["jsonc-parser"],
    node: ["node:buffer", "node:crypto"],
  },
  {
    folder: "src/merge",
    folders: pure,
    packages: ["fflate"],
    node: ["node:buffer", "node:crypto", "node:zlib"],
  },
  { folder: "src/git", folders: shared, packages: [], node: ["*"] },
  { folder: "src/lock", folders: shared, packages: ["pg", "ioredis"], node: ["*"] },
  { folder: "src/log", folders: shared, packages: [], node: ["*"] },
  { folder: "src/store", folders: [...shared, "src/lock"], packages: [], node: ["*"] },
  {
    folder: "src/work",
    folders: [...shared, "src/git", "src/lock", "src/log", "src/store"],
    packages: [],
    node: ["*"],
  },
  {
    folder: "src/install",
    folders: [...shared, "src/git", "src/lock"],
    packages: ["jsonc-parser"],
    node: ["*"],
  },
  {
    folder: "src/doctor",
    folders: [...shared, "src/git", "src/lock", "src/log", "src/store", "src/install", "src/sync"],
    packages: [],
    node: ["*"],
  },
  { folder: "src/audit", folders: [...shared, "src/git"], packages: [], node: ["*"] },
  { folder: "src/sync", folders: [...shared, "src/git", "src/log"], packages: [], node: ["*"] },
  { folder: "src/trust", folders: pure, packages: [], node: ["*"] },
  {
    folder: "src/resolve",
    folders: [...shared, "src/git", "src/log", "src/lock"],
    packages: [],
    node: ["*"],
  },
  { folder: "src/preview", folders: [...shared, "src/git", "src/audit"], packages: [], node: [] },
  {
    folder: "src/workspace",
    folders: [...shared, "src/git", "src/lock", "src/log", "src/store"],
    packages: [],
    node: ["*"],
  },
  { folder: "src/cli", folders: ["*"], packages: ["yargs", "execa", "simple-git"], node: ["*"] },
  // What git starts: no folder whose imports are not under our eyes in the bundle, no package of the CLI.
  { folder: "drivers", folders: [...shared, "src/lock"], packages: [], node: ["*"] },
  { folder: "hooks", folders: [...shared, "src/lock", "src/git"], packages: [], node: ["*"] },
];

/** Says what breaks the layers, one line each. A folder that no layer names breaks them too. */
export function layerViolations(imports: readonly Import[]): string[] {
  return imports.flatMap((one) => {
    const problem = violation(one);
    return problem === null ? [] : [`${one.from} imports ${one.to}: ${problem}`];
  });
}

function violation({ from, to, kind }: Import): string | null {
  if (from === "src/index.ts") return null;
  const layer = layers.find(({ folder }) => from.startsWith(`${folder}/`));
  if (layer === undefined) return "its folder is in no layer";
  switch (kind) {
    case "node":
      return layer.node.includes("*") || layer.node.includes(to) ? null : `${layer.folder} is pure`;
    case "package":
      return layer.packages.includes(to) ? null : `${layer.folder} does without it`;
    case "file":
      if (!to.endsWith(".ts") || to.startsWith("..")) return "not a source file of ours";
      if (layer.folders.includes("*")) return null;
      return [layer.folder, ...layer.folders].some((folder) => to.startsWith(`${folder}/`))
        ? null
        : "a layer imports only lower ones";
  }
}
