/**
 * Variables that tie a git process to one repository or one call (`git rev-parse --local-env-vars`, and the index
 * and prefix that hooks inherit). A git that we start for another place must not see them.
 */
const repositoryVariables: ReadonlySet<string> = new Set([
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_CONFIG",
  "GIT_CONFIG_COUNT",
  "GIT_CONFIG_PARAMETERS",
  "GIT_DIR",
  "GIT_GRAFT_FILE",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_NAMESPACE",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_QUARANTINE_PATH",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
]);

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `paranoid` asks of git: everything that it writes is on the disk when it is done, by a real fsync each. */
const durableSettings = [
  ["core.fsync", "all"],
  ["core.fsyncMethod", "fsync"],
] as const;

/**
 * Returns `env` without what would make git work on another repository than the one it is started in,
 * with messages in English and without prompts. With `GOT_DURABILITY=paranoid` in it git syncs whatever it writes, and so do the
 * git processes that it starts.
 */
export function gitEnvironment(env: Environment): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || repositoryVariables.has(name)) continue;
    if (/^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(name)) continue;
    clean[name] = value;
  }
  if (env["GOT_DURABILITY"] === "paranoid") {
    clean["GIT_CONFIG_COUNT"] = String(durableSettings.length);
    for (const [number, [key, value]] of durableSettings.entries()) {
      clean[`GIT_CONFIG_KEY_${number}`] = key;
      clean[`GIT_CONFIG_VALUE_${number}`] = value;
    }
  }
  clean["LC_ALL"] = "C";
  clean["GIT_TERMINAL_PROMPT"] = "0";
  // Looking at a repository (git status) does not write its index.
  clean["GIT_OPTIONAL_LOCKS"] = "0";
  return clean;
}
