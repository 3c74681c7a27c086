import type { Argv } from "yargs";
import { canonicalJson } from "../../../model/json/canonical-json.ts";
import { type Entity, isSame } from "../../../model/entity.ts";
import { parseJson } from "../../../model/json/parse-json.ts";
import type { PlainJson } from "../../../model/json/plain-json.ts";
import type { Command } from "../../command.ts";
import { parseFields } from "../../entity-fields.ts";
import { checkedLimit } from "../../checked-limit.ts";
import { withStore } from "../../open-entity-store.ts";
import { listText } from "../../views/entity.ts";

interface ListArgs {
  readonly type: string | undefined;
  readonly where: string[] | undefined;
  readonly sort: string | undefined;
  readonly reverse: boolean;
  readonly limit: number;
}

/** Lists entities of one type, or of all. */
export const listCommand: Command<ListArgs> = {
  builder: (yargs: Argv) =>
    yargs
      .positional("type", { type: "string", describe: "Only this type" })
      .option("where", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "<field>=<value>: only with this value; a list must have it",
      })
      .option("sort", { type: "string", requiresArg: true, describe: "By this field; default the id" })
      .option("reverse", { type: "boolean", default: false, describe: "Greatest first" })
      .option("limit", { type: "number", default: 0, describe: "At most so many; 0 for all" })
      .example("$0 entity list task --where status=open --sort priority", "open tasks by priority"),
  run: async (context, args) => {
    const most = checkedLimit(args.limit);
    return await withStore(context, async ({ store }) => {
      const wanted = Object.entries(parseFields(args.where ?? [], undefined));
      const matches = (entity: Entity): boolean =>
        wanted.every(([field, value]) => hasValue(entity[field], value));
      const types = args.type === undefined ? store.types() : [args.type];
      const found: Entity[] = [];
      for (const type of types) found.push(...(await store.list(type, matches)));
      const field = args.sort;
      if (field !== undefined) found.sort((a, b) => compare(a[field], b[field]));
      if (args.reverse) found.reverse();
      const entities = most === 0 ? found : found.slice(0, most);
      return { data: { entities, matched: found.length }, text: listText(entities, found.length) };
    });
  },
};

function hasValue(value: PlainJson | undefined, wanted: PlainJson): boolean {
  return isSame(value, wanted) || (Array.isArray(value) && value.some((item) => isSame(item, wanted)));
}

/** Numbers by size, texts by code unit; numbers before texts before the rest, and what is missing last. */
function compare(a: PlainJson | undefined, b: PlainJson | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [sortKey(a), sortKey(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function sortKey(value: PlainJson | undefined): string {
  if (value === undefined || value === null) return "9";
  if (typeof value === "number") return "0";
  if (typeof value === "string") return `1${value}`;
  const parsed = parseJson(JSON.stringify(value));
  return `2${parsed.kind === "parsed" ? canonicalJson(parsed.document.root) : ""}`;
}
