import { readdirSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { openLog } from "../../../src/log/open-log.ts";
import { idsOf } from "../../support/log.ts";
import { installDrivers } from "../../support/install-drivers.ts";
import { cli } from "../../support/run-cli.ts";
import { createRepository, createSandbox, type Repository } from "../../support/sandbox.ts";

const line = (id: string, second: number): string =>
  `{"id":"${id}","ts":"2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z","session":"s","agent":"ada","event":"e"}\n`;

await t.test(
  "git merges a compacted branch with one that appended, both ways and after a second compaction",
  async (t) => {
    const sandbox = createSandbox();
    t.teardown(sandbox.dispose);
    const repository = createRepository(sandbox);
    installDrivers(repository);
    const before = ["--before", "2026-02-01"];
    repository.commit({
      ".gitattributes":
        ".got/events/*.jsonl merge=got-log -text\n.got/snapshots/*.json.gz merge=got-snapshot -text\n",
      ".got/events/s.jsonl": line("a", 1) + line("b", 2),
      ".got/events/s.1767225603000.jsonl": line("c", 3),
    });
    repository.git("branch", "work");
    const compacted = await cli(repository.dir, ["event", "compact", ...before, "--json"]);
    t.match(
      JSON.parse(compacted.stdout).data,
      { events: 3, marked: ["events/s.jsonl"], removed: [/1767225603000/] },
      compacted.stderr,
    );
    repository.commit({}, "compact");
    repository.git("checkout", "-q", "work");
    const grown = repository.read(".got/events/s.jsonl") + line("d", 4);
    repository.commit(
      { ".got/events/s.jsonl": grown, ".got/events/s.1767225605000.jsonl": line("e", 5) },
      "append",
    );
    repository.git("checkout", "-q", "-b", "twice");
    await cli(repository.dir, ["event", "compact", ...before]);
    repository.commit({}, "compact again");
    for (const [ours, theirs] of [
      ["main", "work"],
      ["work", "main"],
      ["main", "twice"],
      ["twice", "work"],
    ] as const) {
      repository.git("checkout", "-q", "--detach", ours);
      repository.git("merge", "-q", "-m", "merge", theirs);
      t.same(await idsIn(repository), ["a", "b", "c", "d", "e"], `${theirs} into ${ours}`);
      t.equal(repository.git("status", "--porcelain"), "");
    }
    repository.git("checkout", "-q", "--detach", "main");
    t.same(await idsIn(repository), ["a", "b", "c"]);
    t.same(readdirSync(path.join(repository.dir, ".got", "events")), ["s.jsonl"]);
  },
);

async function idsIn(repository: Repository): Promise<readonly string[]> {
  const log = openLog({
    workTree: repository.dir,
    commonDir: path.join(repository.dir, ".git"),
    session: "reader",
    agent: "reader",
    now: () => 0,
    randomHex: () => "0",
  });
  return await idsOf(log);
}
