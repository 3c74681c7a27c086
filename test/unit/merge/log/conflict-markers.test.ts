import t from "tap";
import { holdsMarkerLine, MarkerSearch } from "../../../../src/merge/log/conflict-markers.ts";
import { indexLines } from "../../../../src/merge/log/line-table.ts";

const search = (pieces: readonly string[], markerSize = 7): boolean => {
  const found = new MarkerSearch(markerSize);
  for (const piece of pieces) found.inspect(Buffer.from(piece));
  return found.found;
};

void t.test("finds a marker wherever the text is cut", async (test) => {
  const text = "a\n<<<<<<< ours\nb\n";
  for (let cut = 0; cut <= text.length; cut++)
    test.ok(search([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`);
  test.ok(search(["<<<<<<< ours\n"]), "on the first line");
  test.ok(search(["x".repeat(1000) + "\n<<<<<<<\n"]), "without a label");
});

void t.test("knows markers of other sizes", async (test) => {
  test.ok(search(["a\n<<<<<<<<<<<< base\n"]), "of a virtual base");
  test.ok(search(["a\n<<< ours\n"], 3), "as short as asked for");
  test.notOk(search(["a\n<<< ours\n"]));
});

void t.test("takes nothing else for a marker", async (test) => {
  for (const text of ["a <<<<<<< b\n", "\n<<<<<<<b\n", "=======\n", ">>>>>>> b\n", "a\n<<<<<< b\n"]) {
    test.notOk(search([text]), text);
    test.notOk(holdsMarkerLine(indexLines(Buffer.from(text), "id"), 7), text);
  }
  test.ok(holdsMarkerLine(indexLines(Buffer.from("a\n<<<<<<< b\n"), "id"), 7));
});
