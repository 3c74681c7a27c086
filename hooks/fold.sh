# shellcheck shell=sh
# Folding: moving the events that wait in the spool into the tracked log of their session, as part of a commit; and taking
# that back when git makes no commit after all. Sourced after lib.sh and lock.sh.
#
# Each fold makes one new file, .got/events/<session>.<ms>.jsonl, that is never changed again: so a commit can be reverted,
# picked onto any branch or dropped without its events getting in the way (docs/decisions/0012).
#
# What always holds: an event is in the spool (or a file renamed from it) until a commit has it, so a crash at any point
# loses none. What is undone is undone only where the file still is what we wrote.
#
# <git-dir>/got/fold/ exists from just before the first write until git is known to have committed or given up:
#   state   three lines: the git that commits (pid, start); its boot; folded | undone
#   log     the path of the new file
#   added   its content
#   taken   the spool files whose events those are
#   torn    lines that are no events (a full disk, a crash); they move to <spool>/torn.jsonl
# shellcheck disable=SC2154,SC2034,SC2016 # variables of lib.sh and hook; unused columns; awk programs
# shellcheck disable=SC3013 # -ef: see lib.sh

# Bytes in the spool that make a commit with an editor fold as well: see docs/hooks.md, "When events are folded".
got_limit_editor=32768
# Seconds that the reaper waits for git.
got_limit_reaper=86400

# Folds if this commit may carry events. Never fails the commit.
got_fold() {
  got_where
  got_pending_picks
  got_spool_waiting || return 0
  # Only git's own index: a partial commit has a temporary one, and would leave the log staged but not committed.
  case ${GIT_INDEX_FILE:-$got_dir/index} in
    "$got_dir/index" | "$got_dir/index.lock" | */index | */index.lock)
      got_index=${GIT_INDEX_FILE:-$got_dir/index}
      [ "${got_index%/*}" -ef "$got_dir" ] || return 0
      ;;
    *) return 0 ;;
  esac
  for got_path in rebase-merge rebase-apply sequencer CHERRY_PICK_HEAD REVERT_HEAD; do
    [ ! -e "$got_dir/$got_path" ] || return 0
  done
  # Nothing staged: git will refuse the commit, or it is to be empty. Events alone are no reason to commit.
  [ -z "$got_nothing_staged" ] || return 0
  got_tracking || return 0
  # With an editor open for minutes, everybody would see our staged log all that time.
  if [ "${GIT_EDITOR-}" != : ]; then
    [ -s "$got_spool" ] && [ "$(wc -c <"$got_spool")" -ge "$got_limit_editor" ] || return 0
  fi
  got_read_session
  got_find_git
  got_lock "fold.$got_worktree_file" "$$" "$got_limit_wait" "fold events" || return 0
  if got_fold_settled; then got_fold_now || got_undo_fold; fi
  got_unlock
  [ ! -d "$got_fold" ] || got_reaper
}

# True when a spool file of this worktree, or of one that was removed, holds events.
got_spool_waiting() {
  [ ! -s "$got_spool" ] || return 0
  for got_path in "$got_spools"/*; do
    got_mine "$got_path" && return 0
  done
  return 1
}

# True for the path of a spool file that this worktree folds: its own, and those of linked worktrees that are gone.
got_mine() {
  [ -s "$1" ] || return 1
  got_owner=${1##*/}
  case $got_owner in
    *.jsonl) got_owner=${got_owner%.jsonl} ;;
    *.folding) ;;
    *) return 1 ;;
  esac
  case $got_owner in
    torn) return 1 ;;
    *.one) got_owner=${got_owner%.*.one} ;;
    *.folding) got_owner=${got_owner%.*.folding} ;;
  esac
  [ "$got_owner" != "$got_worktree_file" ] || return 0
  case $got_owner in
    main) return 1 ;;
    *%*)
      # An encoded name: is it that of a worktree that is there?
      for got_other in "$got_common"/worktrees/*; do
        got_name_spool "${got_other##*/}"
        [ "$got_encoded" != "$got_owner" ] || return 1
      done
      return 0
      ;;
  esac
  [ ! -d "$got_common/worktrees/$got_owner" ]
}

# True when .got/config.json is there and does not say "events": {"track": false}. Nothing in .got may be a link.
got_tracking() {
  [ -f .got/config.json ] && [ ! -L .got ] && [ ! -L .got/events ] && [ ! -L .got/config.json ] || return 1
  got_setting events track
  [ "$got_value" != false ]
}

# Deals with what an earlier fold left; false when there is nothing more to fold into this commit: the earlier git is still at
# work, or its file is staged, so that this commit takes it over as it is (during `commit -a` the index is locked, and what
# is staged cannot be taken back).
got_fold_settled() {
  got_fold=$got_dir/got/fold
  [ -d "$got_fold" ] || return 0
  got_read_fold
  if got_fold_git_alive; then return 1; fi
  got_log=
  [ ! -f "$got_fold/log" ] || IFS= read -r got_log <"$got_fold/log"
  if [ "$got_f_stage" = folded ] && [ -n "$got_log" ] && [ -n "$(git ls-files -- "$got_log")" ] &&
    ! git cat-file -e "HEAD:$got_log" 2>/dev/null; then
    got_identify "$got_git"
    got_write_fold folded
    return 1
  fi
  got_resolve_fold
  [ ! -d "$got_fold" ]
}

# Sets got_f_pid, got_f_start, got_f_boot and got_f_stage from the state of a fold.
got_read_fold() {
  got_fold=$got_dir/got/fold
  got_f_pid='' got_f_start='' got_f_boot='' got_f_stage=''
  [ -f "$got_fold/state" ] || return 0
  {
    read -r got_f_pid got_f_start
    read -r got_f_boot
    read -r got_f_stage
  } <"$got_fold/state"
}

got_fold_git_alive() {
  case $got_f_pid in '' | *[!0123456789]*) return 1 ;; esac
  got_identify "$got_f_pid"
  [ "$got_boot" = "$got_f_boot" ] && [ -n "$got_start" ] && [ "$got_start" = "$got_f_start" ] || return 1
  case $got_state in Z* | X*) return 1 ;; esac
}

# After git's end: was there a commit? Either way the fold is over.
got_resolve_fold() {
  got_log=
  [ ! -f "$got_fold/log" ] || IFS= read -r got_log <"$got_fold/log"
  if [ "$got_f_stage" = folded ] && [ -n "$got_log" ] && got_plain_git cat-file -e "HEAD:$got_log" 2>/dev/null; then
    got_fold_done
  else
    got_undo_fold
  fi
}

# The fold itself. Needs the lock, and got_fold not to exist.
got_fold_now() {
  # From here on appenders make a new spool file; those that had the old one open notice (see got_append).
  if [ -s "$got_spool" ]; then mv "$got_spool" "$got_spools/$got_worktree_file.$$-$got_git.folding" || return 1; fi
  set --
  for got_path in "$got_spools"/*; do
    if ! got_mine "$got_path"; then continue; fi
    # The spool of a worktree that is gone: renamed too, in case it is not gone after all.
    case $got_path in
      *.one.jsonl | *.folding) ;;
      *)
        mv "$got_path" "${got_path%.jsonl}.$$-$got_git.folding" || continue
        got_path=${got_path%.jsonl}.$$-$got_git.folding
        ;;
    esac
    set -- "$@" "$got_path"
  done
  [ $# -gt 0 ] || return 1
  mkdir -p "$got_fold" .got/events && printf '%s\n' "$@" >"$got_fold/taken" || return 1
  LC_ALL=C awk -v torn="$got_fold/torn" "$got_sorted" "$@" >"$got_fold/added" && [ -s "$got_fold/added" ] || return 1
  # Later than every event in it, and no other fold's.
  got_tick
  got_who
  got_log=.got/events/$got_session.$got_now.jsonl
  printf '%s\n' "$got_log" >"$got_fold/log" && got_identify "$got_git" && got_write_fold folded || return 1
  [ ! -e "$got_log" ] && [ ! -L "$got_log" ] && cat "$got_fold/added" >"$got_log" || return 1
  # Refuses what is ignored or outside a sparse checkout: then the events stay in the spool.
  git add -- "$got_log" >/dev/null 2>&1
}

# The events of some spool files in the order of their stamps, each id once.
got_sorted='
  !/^\{"id":"[^"]+","ts":"[^"]+","session":"[A-Za-z0-9_.-]+",.*\}$/ { if ($0 != "") print > torn; next }
  {
    split($0, part, "\"")
    if (part[4] in seen) next
    seen[part[4]] = 1
    for (k = ++n; k > 1 && stamps[k - 1] > part[8]; k--) { stamps[k] = stamps[k - 1]; lines[k] = lines[k - 1] }
    stamps[k] = part[8]; lines[k] = $0
  }
  END { for (k = 1; k <= n; k++) print lines[k] }'

got_write_fold() {
  printf '%s\n' "$got_git $got_start" "$got_boot" "$1" >"$got_fold/state"
}

# Takes a fold back: index and work tree as they were, the events where the next fold finds them. Keeps the fold for the
# next attempt when the index cannot be written.
got_undo_fold() {
  got_read_fold
  if [ "$got_f_stage" = folded ]; then got_unstage || return 0; fi
  rm -rf "$got_fold"
}

# Removes the new file from index and work tree, unless somebody has changed it.
got_unstage() {
  IFS= read -r got_log <"$got_fold/log" || return 0
  case $got_log in .got/events/*/* | *..*) return 0 ;; .got/events/*) ;; *) return 0 ;; esac
  if [ -L "$got_log" ] || [ -L .got ] || [ -L .got/events ]; then return 0; fi
  if [ -f "$got_log" ] && ! cmp -s "$got_log" "$got_fold/added"; then
    # A crash while we wrote leaves a part of it.
    head -c "$(wc -c <"$got_log")" "$got_fold/added" | cmp -s - "$got_log" || return 0
  fi
  got_try=0
  until got_plain_git update-index --force-remove -- "$got_log" 2>/dev/null; do
    got_try=$((got_try + 1))
    [ "$got_try" -lt "$got_limit_attempts" ] || return 1
    # During `commit -a` the index is locked, and does not have our file.
    [ -n "$(got_plain_git ls-files -- "$got_log")" ] || break
    got_sleep 20
  done
  rm -f "$got_log"
  rmdir .got/events 2>/dev/null || :
}

# git as it is outside of this commit, on the real index.
got_plain_git() (
  unset GIT_INDEX_FILE
  git "$@"
)

# The events are in a commit: forget where they came from.
got_fold_done() {
  [ ! -f "$got_fold/torn" ] || cat "$got_fold/torn" >>"$got_spools/torn.jsonl"
  while IFS= read -r got_path; do
    rm -f "$got_path"
  done <"$got_fold/taken"
  rm -rf "$got_fold"
}

# From post-commit: our git has committed.
got_fold_committed() {
  got_find_git
  got_read_fold
  [ "$got_f_pid" = "$got_git" ] || return 0
  got_lock "fold.$got_worktree_file" "$$" "$got_limit_wait" "fold events" || return 0
  if [ -d "$got_fold" ]; then
    if [ "$got_f_stage" = undone ]; then
      # The message looked empty, but git took it (--allow-empty-message, another comment character).
      IFS= read -r got_log <"$got_fold/log"
      # Plumbing, because `git checkout` would run post-checkout.
      if got_blob=$(got_plain_git rev-parse -q --verify "HEAD:$got_log"); then
        got_plain_git update-index --add --cacheinfo "100644,$got_blob,$got_log"
        got_plain_git checkout-index -q -f -- "$got_log"
      fi
    fi
    got_fold_done
  fi
  got_unlock
}

# From commit-msg: git is going to give up.
got_fold_refused() {
  [ -d "$got_dir/got/fold" ] || return 0
  got_where
  got_find_git
  got_read_fold
  if [ "$got_f_pid" != "$got_git" ] || [ "$got_f_stage" != folded ]; then return 0; fi
  got_lock "fold.$got_worktree_file" "$$" "$got_limit_wait" "undo a fold" || return 0
  if got_unstage; then got_identify "$got_git" && got_write_fold undone; fi
  got_unlock
}

# Waits in the background for git's end and settles the fold if git's own hooks did not: a killed editor, a signature that
# failed, a reference that somebody else moved.
got_reaper() {
  (
    trap '' HUP INT
    got_pause=10 got_left=$((got_limit_reaper * 1000))
    while [ "$got_left" -gt 0 ]; do
      got_sleep "$got_pause"
      got_read_fold
      if [ ! -d "$got_fold" ] || [ "$got_f_pid" != "$got_git" ]; then exit 0; fi
      if ! got_fold_git_alive; then break; fi
      got_left=$((got_left - got_pause))
      # 10 ms for the first half second, then slower.
      if [ "$got_left" -lt $((got_limit_reaper * 1000 - 500)) ] && [ "$got_pause" -lt 1000 ]; then
        got_pause=$((got_pause * 3 / 2))
      fi
    done
    # The shell's own process id is the hook's, which is gone; but this subshell must be the holder.
    got_lock "fold.$got_worktree_file" "$(exec sh -c 'echo "$PPID"')" "$got_limit_wait" "settle a fold" || exit 0
    got_read_fold
    if [ -d "$got_fold" ] && [ "$got_f_pid" = "$got_git" ] && ! got_fold_git_alive; then got_resolve_fold; fi
    got_unlock
  ) </dev/null >/dev/null 2>&1 9>&- &
}
