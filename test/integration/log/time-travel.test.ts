import t from "tap";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox } from "../../support/sandbox.ts";

const line = (id: string, second: number, more: Record<string, unknown> = {}): string =>
  `${JSON.stringify({ id, ts: `2026-01-01T00:00:0${second}.000Z`, session: "s", agent: "ada", event: "entity.updated", ...more })}\n`;

await t.test("event replay goes to a time, an event, a commit, and back to now", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  const replay = async (
    ...words: string[]
  ): Promise<{ events: number; entities: unknown[]; commit: string | null }> => {
    const run = await cli(repository.dir, ["event", "replay", "--json", ...words]);
    t.equal(run.status, 0, run.stderr);
    return JSON.parse(run.stdout).data;
  };
  const task = { ref: "task:T-1" };
  const first = repository.commit({ ".got/events/s.jsonl": line("a", 1, { ...task, version: 1 }) });
  repository.commit({
    ".got/events/s.jsonl": line("a", 1, { ...task, version: 1 }) + line("b", 2, { ...task, version: 2 }),
  });
  repository.git("branch", "grown");
  await cli(repository.dir, ["event", "compact"], {});
  await cli(repository.dir, ["event", "compact", "--before", "2026-02-01"]);
  const compacted = repository.commit({}, "compacted");
  repository.write(".got/events/t.jsonl", line("c", 3, { ref: "note:N-1" }));
  t.match(await replay(), { events: 3, entities: [{ ref: "note:N-1" }, { ref: "task:T-1", version: 2 }] });
  t.match(await replay("--type", "task"), { events: 3, entities: [{ ref: "task:T-1" }] });
  t.match(await replay("--at", "2026-01-01T00:00:01Z"), {
    events: 1,
    entities: [{ version: 1 }],
    commit: null,
  });
  t.match(await replay("--at", "b"), { events: 2, entities: [{ version: 2 }], commit: null });
  t.match(await replay("--at", "HEAD~2"), { events: 1, commit: first });
  t.match(await replay("--at", "HEAD"), { events: 2, commit: compacted }, "from the archive in the commit");
  t.match(await replay("--at", "grown"), { events: 2 });
  const none = await cli(repository.dir, ["event", "replay", "--at", "--output=x"]);
  t.not(none.status, 0);
  const unknown = await cli(repository.dir, ["event", "replay", "--at", "nothing"]);
  t.equal(unknown.status, 2);
  t.match(unknown.stderr, /--at nothing is no time, no event's id and no commit/);
  t.equal(repository.git("status", "--porcelain"), "?? .got/events/t.jsonl\n", "looking changes nothing");
});

await t.test("event snapshot makes the next replay read only what is new", async (t) => {
  const sandbox = createSandbox();
  t.teardown(sandbox.dispose);
  const repository = createRepository(sandbox);
  repository.write(".got/events/s.jsonl", line("a", 1) + line("b", 2));
  t.match((await cli(repository.dir, ["event", "snapshot"])).stdout, /state of 2 events/);
  repository.write(".got/events/t.jsonl", line("c", 3));
  const { events, read } = JSON.parse((await cli(repository.dir, ["event", "replay", "--json"])).stdout).data;
  t.same([events, read], [3, 1]);
  t.match(
    (await cli(repository.dir, ["event", "replay"])).stdout,
    /3 events, the last at[\s\S]*3 {2}entity\.updated/,
  );
});
