import { readFileSync } from "node:fs";
import path from "node:path";
import { Writable } from "node:stream";
import t from "tap";
import { commandTable } from "../../../src/cli/command-table.ts";
import { commandName } from "../../../src/cli/command.ts";
import { runCli } from "../../../src/cli/run-cli.ts";
import { cli } from "../../support/run-cli.ts";

const folder = t.testdir({ ".git": {}, inner: {} });

await t.test("prints the package's version", async (t) => {
  const text = readFileSync(path.resolve(import.meta.dirname, "../../../package.json"), "utf8");
  const run = await cli(folder, ["--version"]);
  t.equal(run.status, 0);
  t.equal(run.stdout, `${/"version": "(.*?)"/.exec(text)?.[1]}\n`);
});

await t.test("lists every command with a summary in --help", async (t) => {
  const run = await cli(folder, ["--help"]);
  t.equal(run.status, 0);
  for (const { usage, summary } of commandTable) {
    t.match(run.stdout, new RegExp(`got-hooks ${commandName(usage)}\\b`));
    t.ok(run.stdout.replaceAll(/\s+/g, " ").includes(summary), summary);
  }
});

await t.test("gives each command a help of its own, with an example or subcommands", async (t) => {
  for (const { usage } of commandTable) {
    const run = await cli(folder, [commandName(usage), "--help"]);
    t.equal(run.status, 0, usage);
    t.match(run.stdout, new RegExp(`^got-hooks ${commandName(usage)}`));
    t.match(run.stdout, /^(Examples|Commands):$/m, usage);
  }
});

await t.test("prints the help and fails with 2 when no command is named", async (t) => {
  const run = await cli(folder, []);
  t.equal(run.status, 2);
  t.equal(run.stdout, "");
  t.match(run.stderr, /^Makes plain git safe/);
});

await t.test("suggests the command, subcommand or option that was probably meant", async (t) => {
  for (const [argv, line] of [
    [["polcy"], "got-hooks: Unknown command polcy. Did you mean policy? See got-hooks --help.\n"],
    [
      ["policy", "chek"],
      "got-hooks: Unknown command policy chek. Did you mean policy check? See got-hooks policy --help.\n",
    ],
    [
      ["policy", "check", "--jsno"],
      "got-hooks: Unknown option --jsno. Did you mean --json? See got-hooks policy --help.\n",
    ],
    [
      ["merge-driver", "log", "a", "--outptu", "x"],
      "got-hooks: Unknown option --outptu. Did you mean --output? See got-hooks merge-driver --help.\n",
    ],
    [["frobnicate"], "got-hooks: Unknown command frobnicate. See got-hooks --help.\n"],
  ] as const) {
    const run = await cli(folder, argv);
    t.equal(run.status, 2);
    t.equal(run.stdout, "");
    t.equal(run.stderr, line);
  }
});

await t.test("refuses too few and too many words with 2 and one line", async (t) => {
  for (const argv of [
    ["policy"],
    ["policy", "explain", "task"],
    ["policy", "check", "a", "b"],
    ["policy", "check", "-C"],
  ]) {
    const run = await cli(folder, argv);
    t.equal(run.status, 2, argv.join(" "));
    t.match(run.stderr, /^got-hooks: .+ See got-hooks policy --help\.\n$/);
  }
});

await t.test("wraps results and errors in versioned envelopes with --json", async (t) => {
  const good = await cli(folder, ["policy", "check", "--json"]);
  t.match(JSON.parse(good.stdout), { version: 1, command: "policy check", data: { file: null } });
  t.equal(good.stderr, "");
  const bad = await cli(folder, ["polcy", "--json"]);
  t.match(JSON.parse(bad.stdout), {
    version: 1,
    command: "polcy",
    error: { code: "USAGE", facts: { meant: "policy" } },
  });
  t.equal(bad.status, 2);
});

await t.test("runs as if started in the directory of -C", async (t) => {
  const run = await cli(folder, ["-C", "inner", "policy", "check", "none.json", "--json"]);
  t.match(JSON.parse(run.stdout), { error: { facts: { file: path.join(folder, "inner", "none.json") } } });
});

await t.test("refuses a -C that is no directory, whatever the command", async (t) => {
  for (const command of [["status"], ["policy", "check"], ["install"]]) {
    const run = await cli(folder, ["-C", "none", ...command]);
    t.same([run.status, run.stderr], [2, "got-hooks: -C none is not a directory.\n"]);
  }
});

await t.test("prints a completion script and completes commands, subcommands and options", async (t) => {
  const script = await cli(folder, ["completion"]);
  t.equal(script.status, 0);
  t.match(script.stdout, /complete .*got-hooks/);
  for (const [words, expected] of [
    [["got-hooks", "pol"], "policy"],
    [["got-hooks", "policy", "ex"], "explain"],
    [["got-hooks", "merge-driver", "--mark"], "--marker-size"],
  ] as const) {
    const run = await cli(folder, ["--get-yargs-completions", ...words]);
    t.equal(run.status, 0);
    t.ok(run.stdout.split("\n").includes(expected), `${words.join(" ")} -> ${expected}`);
  }
});

await t.test(
  "ends quietly when the reader has gone away, and with an error when the disk is full",
  async (t) => {
    const run = async (code: string): Promise<{ status: number; stderr: string }> => {
      let stderr = "";
      const failing = new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
      });
      failing.on("error", () => {});
      const collecting = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          stderr += chunk.toString();
          done();
        },
      });
      const context = {
        cwd: folder,
        env: {},
        now: () => new Date(0),
        note: () => {},
        print: () => {},
        color: false,
        interruption: () => new AbortController().signal,
        packageRoot: folder,
        nodePath: "",
      };
      return { status: await runCli(["policy", "check"], context, failing, collecting), stderr };
    };
    t.same(await run("EPIPE"), { status: 0, stderr: "" });
    t.same(await run("ENOSPC"), { status: 1, stderr: "got-hooks: Could not write the output: ENOSPC.\n" });
  },
);

await t.test("shows the stack of an internal error only with GOT_DEBUG=1", async (t) => {
  // No package.json stands where this context says.
  const silent = await cli(folder, ["policy", "check", "x\0y"]);
  t.equal(silent.stderr.split("\n").length, 2);
  const loud = await cli(folder, ["policy", "check", "x\0y"], { GOT_DEBUG: "1" });
  t.match(loud.stderr, /\n +at /);
});
