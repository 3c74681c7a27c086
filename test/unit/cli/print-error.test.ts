import t from "tap";
import { GotError } from "../../../src/base/errors.ts";
import { errorEnvelope, errorLine, errorStack, toGotError } from "../../../src/cli/print-error.ts";

await t.test("says what is wrong and what to do next in one line", async (t) => {
  const error = new GotError("WRITE_FAILED", "Could not write /x", {
    hint: "Free some space.",
    cause: new Error("ENOSPC"),
  });
  t.equal(errorLine(error, { color: false }), "got-hooks: Could not write /x: ENOSPC. Free some space.\n");
});

await t.test("does not repeat a cause that the message already tells", async (t) => {
  const error = new GotError("GIT_FAILED", "git says: broken", { cause: new Error("broken") });
  t.equal(errorLine(error, { color: false }), "got-hooks: git says: broken.\n");
});

await t.test("keeps to one line and keeps control characters from the terminal", async (t) => {
  const error = new GotError("GIT_FAILED", "first\n  second\r\n\u001B[2Jthird");
  t.equal(errorLine(error, { color: false }), "got-hooks: first | second | \\x1b[2Jthird.\n");
});

await t.test("colours its name only when asked to", async (t) => {
  const line = errorLine(new GotError("USAGE", "no"), { color: true });
  t.equal(line, "\u001B[31mgot-hooks:\u001B[39m no.\n");
});

await t.test("gives programs code, message, hint and facts in the versioned envelope", async (t) => {
  const error = new GotError("UNREADABLE_INPUT", "Could not read a", {
    facts: { file: "a" },
    cause: new Error("ENOENT"),
  });
  t.same(JSON.parse(errorEnvelope(error, "policy")), {
    version: 1,
    command: "policy",
    error: {
      code: "UNREADABLE_INPUT",
      message: "Could not read a: ENOENT",
      hint: null,
      facts: { file: "a" },
    },
  });
});

await t.test(
  "calls everything that is not a GotError an internal error and keeps it as the cause",
  async (t) => {
    const thrown = new TypeError("x is not a function");
    const error = toGotError(thrown);
    t.equal(error.code, "INTERNAL");
    t.equal(error.cause, thrown);
    t.match(
      errorLine(error, { color: false }),
      /^got-hooks: Internal error: x is not a function\. .*GOT_DEBUG=1/,
    );
    t.match(errorStack(error), /caused by TypeError: x is not a function\n/);
  },
);

await t.test("leaves a GotError as it is", async (t) => {
  const error = new GotError("USAGE", "no");
  t.equal(toGotError(error), error);
});
