import fc from "fast-check";
import t from "tap";
import { withBlock, withFirstLine, withoutOurPart } from "../../../src/install/our-part.ts";

await t.test("a block goes to the end, replaces itself, and comes out without a trace", async (t) => {
  const once = withBlock("a\n", ["x", "y"]);
  t.equal(once, "a\n# >>> got-hooks >>>\nx\ny\n# <<< got-hooks <<<\n");
  t.equal(withBlock(once, ["x", "y"]), once);
  t.equal(withBlock(`${once}after\n`, ["z"]), "a\n# >>> got-hooks >>>\nz\n# <<< got-hooks <<<\nafter\n");
  t.equal(withoutOurPart(once), "a\n");
  t.equal(withBlock("no newline", ["x"]).startsWith("no newline\n# >>>"), true);
});

await t.test("a first line stands after the #! line", async (t) => {
  t.equal(withFirstLine("#!/bin/sh\nexit\n", "ours # got-hooks"), "#!/bin/sh\nours # got-hooks\nexit\n");
  t.equal(withFirstLine("exit\n", "ours # got-hooks"), "ours # got-hooks\nexit\n");
  t.equal(withFirstLine("", "ours # got-hooks"), "ours # got-hooks\n");
  t.equal(withFirstLine("#!/bin/sh", "ours # got-hooks"), "#!/bin/sh\nours # got-hooks\n");
  t.equal(withoutOurPart("#!/bin/sh\nours # got-hooks\nexit\n"), "#!/bin/sh\nexit\n");
});

await t.test("an opening marker that is never closed is not taken for a block", async (t) => {
  const torn = "a\n# >>> got-hooks >>>\nmine\n";
  t.equal(withoutOurPart(torn), torn);
});

await t.test("taking out what was put in gives the same text, whatever it is", async (t) => {
  const text = fc
    .string({ unit: fc.constantFrom("a", "#", " ", "\n", "\r", "!", "/bin/sh") })
    .filter((one) => one === "" || one.endsWith("\n"));
  fc.assert(
    fc.property(text, (one) => withoutOurPart(withBlock(one, ["x"])) === one),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(text, (one) => withoutOurPart(withFirstLine(one, "ours # got-hooks")) === one),
    { numRuns: 300 },
  );
  t.pass("600 texts");
});
