# shellcheck shell=sh
# Folding: moving the events that wait in the spool into the tracked log of their session, as part of a commit; and taking
# that back when git makes no commit after all. Sourced after lib.sh and lock.sh.
#
# What always holds: an event is in the spool (or a file renamed from it) until a commit has it, so a crash at any point
# loses none, and one that is folded twice is recognised by its line. What is undone is undone only where file and index
# still are what we wrote.
#
# <git-dir>/got/fold/ exists from just before the first write until git is known to have committed or given up:
#   state      three lines: the git that commits (pid, start, boot); folded | undone
#   logs       a line per log: session, size before in bytes (- when there was no file), index entry before (mode, id; - -)
#   added.<s>  the bytes appended to the log of session <s>
#   taken      the spool files whose events those are
#   torn       lines that are no events (a full disk, a crash); they move to <spool>/torn.jsonl
# shellcheck disable=SC2154,SC2034,SC2016 # variables of lib.sh and hook; unused columns; awk programs
# shellcheck disable=SC3013 # -ef: see lib.sh

# Bytes in the spool that make a commit with an editor fold as well: see docs/hooks.md, "When events are folded".
got_limit_editor=32768
# Seconds that the reaper waits for git.
got_limit_reaper=86400

# Folds if this commit may carry events. Never fails the commit.
got_fold() {
  got_where
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
  case $got_owner in main | *%*) return 1 ;; esac
  [ ! -d "$got_common/worktrees/$got_owner" ]
}

# True when .got/config.json is there and does not say "events": {"track": false}. Nothing in .got may be a link.
got_tracking() {
  [ -f .got/config.json ] && [ ! -L .got ] && [ ! -L .got/events ] && [ ! -L .got/config.json ] || return 1
  got_setting events track
  [ "$got_value" != false ]
}

# Deals with what an earlier fold left; false when its git is still at work.
got_fold_settled() {
  got_fold=$got_dir/got/fold
  [ -d "$got_fold" ] || return 0
  got_read_fold
  if got_fold_git_alive; then return 1; fi
  got_resolve_fold
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
  got_committed=1
  [ -f "$got_fold/logs" ] || got_committed=
  if [ -n "$got_committed" ]; then
    while read -r got_s got_rest; do
      got_log=.got/events/$got_s.jsonl
      got_blob=$(got_plain_git rev-parse -q --verify "HEAD:$got_log")
      if [ "$got_f_stage" != folded ] || [ -z "$got_blob" ] ||
        [ "$got_blob" != "$(got_plain_git hash-object --path="$got_log" "$got_log" 2>/dev/null)" ]; then
        got_committed=
      fi
    done <"$got_fold/logs"
  fi
  if [ -n "$got_committed" ]; then got_fold_done; else got_undo_fold; fi
}

# The fold itself. Needs the lock, and got_fold not to exist.
got_fold_now() {
  got_identify "$got_git"
  # From here on appenders make a new spool file; those that had the old one open notice (see got_append).
  if [ -s "$got_spool" ]; then mv "$got_spool" "$got_spools/$got_worktree_file.$$-$got_git.folding" || return 1; fi
  set --
  for got_path in "$got_spools"/*; do
    if ! got_mine "$got_path"; then continue; fi
    # The spool of a worktree that is gone: renamed too, in case it is not gone after all.
    case $got_path in
      *.one.jsonl | *.folding) ;;
      *) mv "$got_path" "${got_path%.jsonl}.$$-$got_git.folding" && got_path=${got_path%.jsonl}.$$-$got_git.folding ;;
    esac
    set -- "$@" "$got_path"
  done
  [ $# -gt 0 ] || return 1
  mkdir -p "$got_fold" .got/events || return 1
  printf '%s\n' "$@" >"$got_fold/taken" || return 1
  got_sessions=$(LC_ALL=C awk -v fold="$got_fold" "$got_split" "$@") || return 1
  set --
  : >"$got_fold/logs" || return 1
  for got_s in $got_sessions; do
    got_log=.got/events/$got_s.jsonl
    [ ! -L "$got_log" ] || return 1
    got_size=-
    if [ -e "$got_log" ]; then
      [ -f "$got_log" ] || return 1
      got_size=$(wc -c <"$got_log")
      got_size=$((got_size))
      # A last line without its newline (somebody edited the log) gets one.
      if [ -n "$(tail -c 1 "$got_log")" ]; then
        { echo && cat "$got_fold/added.$got_s"; } >"$got_fold/x" && mv "$got_fold/x" "$got_fold/added.$got_s" || return 1
      fi
    fi
    got_entry=$(git ls-files -s -- "$got_log") || return 1
    case $got_entry in '') got_entry='- -' ;; *) got_entry=${got_entry% *} ;; esac
    printf '%s %s %s\n' "$got_s" "$got_size" "$got_entry" >>"$got_fold/logs" || return 1
    set -- "$@" "$got_log"
  done
  got_write_fold folded || return 1
  for got_s in $got_sessions; do
    cat "$got_fold/added.$got_s" >>".got/events/$got_s.jsonl" || return 1
  done
  # Refuses what is ignored or outside a sparse checkout: then the events stay in the spool.
  [ $# -eq 0 ] || git add -- "$@" >/dev/null 2>&1
}

# Groups spool lines by session into <fold>/added.<session>, in the order of their stamps, without those that the log
# has already; prints the sessions.
got_split='
  !match($0, /^\{"id":"[^"]+","ts":"[^"]+","session":"[A-Za-z0-9_.-]+",.*\}$/) { if ($0 != "") print > (fold "/torn"); next }
  $0 in seen { next }
  {
    seen[$0] = 1
    split($0, part, "\"")
    s = part[12]; stamp = part[8]
    if (!(s in count)) names[++sessions] = s
    n = ++count[s]
    for (k = n; k > 1 && stamps[s, k - 1] > stamp; k--) { stamps[s, k] = stamps[s, k - 1]; lines[s, k] = lines[s, k - 1] }
    stamps[s, k] = stamp; lines[s, k] = $0
  }
  END {
    for (i = 1; i <= sessions; i++) {
      s = names[i]
      file = ".got/events/" s ".jsonl"
      while ((getline line < file) > 0) if (line in seen) delete seen[line]
      close(file)
      out = fold "/added." s
      printf "" > out
      for (k = 1; k <= count[s]; k++) if (lines[s, k] in seen) print lines[s, k] > out
      close(out)
      print s
    }
  }'

got_write_fold() {
  printf '%s\n' "$got_git $got_start" "$got_boot" "$1" >"$got_fold/state"
}

# Takes a fold back: index and file as they were, the events where the next fold finds them.
got_undo_fold() {
  if [ -f "$got_fold/state" ]; then
    got_read_fold
    if [ "$got_f_stage" = folded ] && [ -f "$got_fold/logs" ]; then
      while read -r got_s got_size got_mode got_oid; do
        got_undo_log
      done <"$got_fold/logs"
    fi
  fi
  rmdir .got/events 2>/dev/null
  rm -rf "$got_fold"
}

# One log; leaves it alone when it is not what we wrote.
got_undo_log() {
  got_log=.got/events/$got_s.jsonl
  if [ ! -f "$got_log" ] || [ -L "$got_log" ]; then return 0; fi
  got_from=1
  [ "$got_size" = - ] || got_from=$((got_size + 1))
  # A part of it is ours too: a crash while we wrote.
  got_length=$(tail -c "+$got_from" "$got_log" | wc -c)
  head -c "$got_length" "$got_fold/added.$got_s" >"$got_fold/x" || return 0
  tail -c "+$got_from" "$got_log" | cmp -s - "$got_fold/x" || return 0
  got_blob=$(got_plain_git hash-object --path="$got_log" "$got_log")
  got_entry=$(got_plain_git ls-files -s -- "$got_log")
  case $got_entry in
    *" $got_blob 0"*)
      if [ "$got_oid" = - ]; then set -- --force-remove -- "$got_log"; else set -- --cacheinfo "$got_mode,$got_oid,$got_log"; fi
      got_try=0
      until got_plain_git update-index "$@" 2>/dev/null; do
        got_try=$((got_try + 1))
        [ "$got_try" -lt "$got_limit_attempts" ] || break
        got_sleep 20
      done
      ;;
  esac
  if [ "$got_size" = - ]; then
    rm -f "$got_log"
  else
    head -c "$got_size" "$got_log" >"$got_fold/x" && mv "$got_fold/x" "$got_log"
  fi
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
      # The message looked empty, but git took it (--allow-empty-message, another comment character): the commit has the
      # log as we had folded it.
      while read -r got_s got_rest; do
        got_log=.got/events/$got_s.jsonl
        got_blob=$(got_plain_git rev-parse -q --verify "HEAD:$got_log") || continue
        # Plumbing, because `git checkout` would run post-checkout.
        got_plain_git update-index --add --cacheinfo "100644,$got_blob,$got_log" && mkdir -p .got/events &&
          got_plain_git checkout-index -q -f -- "$got_log"
      done <"$got_fold/logs"
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
  cp -R "$got_fold" "$got_fold.undone" && got_undo_fold && mv "$got_fold.undone" "$got_fold" &&
    got_identify "$got_git" && got_write_fold undone
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
