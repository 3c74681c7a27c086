import t from "tap";
import { freeShortId, shortId, shortIdLength } from "../../../src/work/short-id.ts";
import { workLimits } from "../../../src/work/work-limits.ts";

await t.test("an id is its prefix and a hash in lower case, the same for the same request", async (t) => {
  const request = { prefix: "T-", known: 0, seed: "random" };
  t.match(shortId(request, 0), /^T-[0-9a-z]{4}$/);
  t.equal(shortId(request, 0), shortId(request, 0));
  t.not(shortId(request, 0), shortId(request, 1));
  t.not(shortId(request, 0), shortId({ ...request, seed: "other" }, 0));
  t.not(shortId(request, 0).slice(2), shortId({ ...request, prefix: "D-" }, 0).slice(2));
});

await t.test(
  "ids grow so that the birthday bound stays below its limit, and no longer than that",
  async (t) => {
    let last = 0;
    for (const known of [0, 1, 10, 28, 29, 100, 1000, 10_000, 100_000, 10_000_000]) {
      const length = shortIdLength(known);
      const bound = (digits: number): number => (2 * known + 1) ** 2 / (2 * 36 ** digits);
      t.ok(bound(length) <= workLimits.idCollisionProbability, `${known} ids: ${length} characters`);
      if (length > workLimits.idCharacters) t.ok(bound(length - 1) > workLimits.idCollisionProbability);
      t.ok(length >= last);
      last = length;
    }
    t.equal(shortIdLength(0), 4);
    t.equal(shortIdLength(Number.MAX_SAFE_INTEGER), workLimits.idCharactersMost);
  },
);

await t.test("digits are spread evenly", async (t) => {
  const counts = new Map<string, number>();
  const ids = 9000;
  for (let number = 0; number < ids; number++) {
    for (const digit of shortId({ prefix: "", known: 0, seed: String(number) }, 0))
      counts.set(digit, (counts.get(digit) ?? 0) + 1);
  }
  t.equal(counts.size, 36);
  // 1000 are expected of each; 200 are more than six standard deviations.
  for (const [digit, count] of counts) t.ok(Math.abs(count - 1000) < 200, `${digit}: ${count}`);
});

await t.test("a taken id is passed over; when all are taken it says so", async (t) => {
  const request = { prefix: "N-", known: 3, seed: "s" };
  const taken = new Set([shortId(request, 0), shortId(request, 1)]);
  t.equal(await freeShortId(request, (id) => taken.has(id)), shortId(request, 2));
  t.equal(await freeShortId(request, async (id) => taken.has(id)), shortId(request, 2));
  await t.rejects(
    freeShortId(request, () => true),
    { code: "LIMIT_EXCEEDED", facts: { prefix: "N-", attempts: 100 } },
  );
});
