import type { Environment } from "../../git/git-environment.ts";
import { finding, type Finding } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** What the environment of this very shell does to git, whatever the repository says. */
export function checkEnvironment({ options: { env } }: Subject): readonly Finding[] {
  return [...switches(env), ...hooksPaths(env), ...otherRepository(env)];
}

function switches(env: Environment): readonly Finding[] {
  const list = [
    ["GOT_HOOKS", "our hooks"],
    ["GOT_HOOKS_MERGE", "our merge drivers"],
  ] as const;
  return list.flatMap(([name, what]) =>
    env[name] !== "0"
      ? []
      : [
          finding("switched-off-in-environment", {
            where: name,
            observed: `${name}=0 is in this environment`,
            expected: `${name} not set: 0 switches ${what} off`,
            command: `unset ${name}`,
            repair: null,
          }),
        ],
  );
}

/** `GIT_CONFIG_COUNT` and its pairs, and what `git -c` hands on: they weigh more than any file. */
function hooksPaths(env: Environment): readonly Finding[] {
  const key = "core.hookspath";
  const names = Object.keys(env)
    .filter((name) => /^GIT_CONFIG_KEY_\d+$/.test(name) && env[name]?.toLowerCase() === key)
    .map((name) => name.replace("KEY", "VALUE"));
  const parameters = env["GIT_CONFIG_PARAMETERS"] ?? "";
  if (parameters.toLowerCase().includes(`'${key}`)) names.push("GIT_CONFIG_PARAMETERS");
  return names.map((name) =>
    finding("hooks-path-in-environment", {
      where: name,
      observed: `core.hooksPath is set by ${name}, to ${env[name] ?? ""}`,
      expected: "core.hooksPath set by files only",
      command: name === "GIT_CONFIG_PARAMETERS" ? `unset ${name}` : "unset GIT_CONFIG_COUNT",
      repair: null,
    }),
  );
}

function otherRepository(env: Environment): readonly Finding[] {
  const names = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
  ].filter((name) => env[name] !== undefined);
  if (names.length === 0) return [];
  return [
    finding("repository-in-environment", {
      where: names.join(", "),
      observed: names.map((name) => `${name}=${env[name] ?? ""}`).join(", "),
      expected: "none of these, outside of a hook",
      command: `unset ${names.join(" ")}`,
      repair: null,
    }),
  ];
}
