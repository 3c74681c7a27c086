import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";

/** Every path below `root` with its kind, permission bits and bytes: equal states mean byte-identical trees. */
export function treeState(
  root: string,
  ignore: (relative: string) => boolean = () => false,
): Record<string, string> {
  const state: Record<string, string> = {};
  const visit = (relative: string): void => {
    if (relative !== "" && ignore(relative)) return;
    const file = path.join(root, relative);
    const found = lstatSync(file);
    const mode = (found.mode & 0o7777).toString(8);
    if (found.isSymbolicLink()) state[relative] = `link ${readlinkSync(file)}`;
    else if (found.isDirectory()) {
      state[`${relative}/`] = `directory ${mode}`;
      for (const name of readdirSync(file)) visit(path.join(relative, name));
    } else state[relative] = `file ${mode} ${readFileSync(file).toString("latin1")}`;
  };
  visit("");
  return state;
}
