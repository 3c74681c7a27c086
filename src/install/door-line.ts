import { lineMark } from "./our-part.ts";

/** How the door runs the script that it stands in: as husky does, or by executing it. */
export type DoorHow = "sh" | "own";

/**
 * The one guarded line that lets our hook in at the top of a script that somebody else manages. Where got-hooks is not
 * installed (a clone, another machine) it does nothing; reached a second time, as the script that our hook runs, it lets
 * the rest of the script run. Works under `sh -eu`, in any POSIX shell, and in bash and zsh.
 */
export function doorLine(how: DoorHow, hook: string): string {
  return [
    `case "\${GOT_DOOR-}:$0" in ${hook}:* | *.got-chained) unset GOT_DOOR ;; *)`,
    `got_door="$(git rev-parse --git-common-dir 2>/dev/null || :)/got/bin/door";`,
    `[ ! -f "$got_door" ] || exec sh "$got_door" ${how} ${hook} "$0" "$@" ;; esac ${lineMark}`,
  ].join(" ");
}

/** The same for a manager that runs commands, not scripts; `arguments` is how it writes the hook's arguments. */
export function besideCommand(hook: string, hookArguments: string): string {
  return [
    `got_door="$(git rev-parse --git-common-dir 2>/dev/null)/got/bin/door";`,
    `[ ! -f "$got_door" ] || sh "$got_door" beside ${hook} "$(git rev-parse --git-path hooks)/${hook}"${hookArguments}`,
  ].join(" ");
}

/** The value of `hook.<name>.command`; git appends `"$@"`. */
export function configHookCommand(hook: string, hookPath: string): string {
  const quoted = `'${hookPath.replaceAll("'", `'\\''`)}'`;
  return `got_hook() { [ ! -f ${quoted} ] || sh ${quoted} "$@"; }; got_hook ${hook}`;
}
