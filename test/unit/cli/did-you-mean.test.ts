import fc from "fast-check";
import t from "tap";
import { didYouMean } from "../../../src/cli/did-you-mean.ts";

const names = ["install", "uninstall", "status", "merge-driver", "policy", "demo"];

await t.test("finds what one slip of the keyboard has made of a name", async (t) => {
  for (const [typed, meant] of [
    ["instal", "install"],
    ["isntall", "install"],
    ["unistall", "uninstall"],
    ["stauts", "status"],
    ["merge-drvier", "merge-driver"],
    ["dmeo", "demo"],
    ["policyy", "policy"],
  ] as const) {
    t.equal(didYouMean(typed, names), meant, typed);
  }
});

await t.test("suggests nothing for a word that is like none", async (t) => {
  for (const typed of ["frobnicate", "x", "", "merge"]) t.equal(didYouMean(typed, names), null, typed);
});

await t.test("finds the name itself, and any name with one letter dropped", async (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), (name, at) => {
      const index = at % name.length;
      const typed = name.slice(0, index) + name.slice(index + 1);
      return didYouMean(name, names) === name && didYouMean(typed, [name]) === name;
    }),
  );
  t.pass();
});
