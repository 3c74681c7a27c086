import type { DriverKind } from "../model/policy.ts";

/**
 * Makes the text of `merge.got-<kind>.driver`: one line of POSIX sh that git runs with `sh -c` in the top folder of the
 * work tree (in a bare repository: the repository itself).
 *
 * The shim is sourced, not executed: that saves one process per merged file. It is looked for where it was installed,
 * then under the repository's common directory (the repository was moved). Where neither has it, the line merges the
 * file as text by itself. `%S %X %Y` are labels on git >= 2.44 and stay literal on older ones; the shim knows both.
 *
 * @param options.shimPath absolute path of the installed `got-merge`; any character but a newline or NUL.
 * @returns the configuration value, unquoted (`git config` quotes it in the file).
 */
export function driverCommand(options: { readonly kind: DriverKind; readonly shimPath: string }): string {
  return [
    `set -- ${options.kind} %O %A %B %L %P %S %X %Y`,
    `got_merge=${placeholderSafe(shellQuoted(options.shimPath))}`,
    `test -r "$got_merge" || got_merge="$(git rev-parse --git-common-dir)/got/bin/got-merge"`,
    `if test -r "$got_merge"; then . "$got_merge"; else ${textMerge}; fi`,
  ].join("; ");
}

/**
 * Merges as text without the shim. In place on a copy, because `git merge-file -p` does not notice a full disk when
 * there are conflicts. 255 stops git's merge (git < 2.42 records a conflict): the result could not be written.
 * A file that cannot be merged as text (binary) stays as ours and is a conflict.
 */
const textMerge = [
  // No control character of a path may reach the terminal.
  `case "$6" in *[[:cntrl:]]*) got_path="(a path with control characters)";; *) got_path=$6;; esac`,
  `printf "got-hooks: %%s: the merge driver is missing; merging as text (run got-hooks install)\\n" "$got_path" >&2`,
  `cp "$3" "$3.got" || exit 255`,
  `git merge-file -q -L ours -L base -L theirs --marker-size="$5" "$3.got" "$2" "$4" </dev/null >&2`,
  `got_status=$?`,
  `if test "$got_status" -gt 127; then rm -f "$3.got"; exit 1; fi`,
  `mv -f "$3.got" "$3" || exit 255`,
  `test "$got_status" -eq 0`,
].join("; ");

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** git expands `%` in the configured command; `%%` stands for one. */
function placeholderSafe(text: string): string {
  return text.replaceAll("%", "%%");
}
