import t from "tap";
import { mergeAttributeOf, parseMergeAttributes } from "../../../src/git/attribute-file.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

await t.test("says of every path what git says", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const top = [
    "[attr]mine merge=got-log -diff",
    "# comment merge=got-table",
    "*.jsonl merge=got-log",
    "  indented.json   -text merge=got-entity",
    "data/** merge=got-table",
    "data/*.txt !merge",
    "*.bin binary",
    "*.mine mine",
    '"with \\"quote\\" \\303\\274.json" merge=got-entity',
    "!not.json merge=got-entity",
    "/only-top.json merge=got-entity",
    "*.set merge\r",
  ].join("\n");
  const inner = "*.jsonl -merge\ndeep/*.json merge=got-table\n";
  repository.write(".gitattributes", top);
  repository.write("data/.gitattributes", inner);
  const paths = [
    "a.jsonl",
    "x/a.jsonl",
    "data/a.jsonl",
    "data/deep/a.json",
    "data/deep/er/a.json",
    "data/a.txt",
    "data/x/a.txt",
    "indented.json",
    "a.bin",
    "a.mine",
    'with "quote" ü.json',
    "!not.json",
    "only-top.json",
    "x/only-top.json",
    "a.set",
    "plain",
  ];
  const files = [
    { folder: "", attributes: parseMergeAttributes(top) },
    { folder: "data/", attributes: parseMergeAttributes(inner) },
  ];
  for (const path of paths) {
    const said = repository.git("check-attr", "-z", "merge", "--", path).split("\0")[2];
    const value = mergeAttributeOf(path.startsWith("data/") ? files : files.slice(0, 1), path);
    const name =
      value === undefined || value === null
        ? "unspecified"
        : typeof value === "string"
          ? value
          : value
            ? "set"
            : "unset";
    t.equal(name, said, path);
  }
});
