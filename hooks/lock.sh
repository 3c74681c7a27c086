# shellcheck shell=sh
# The file lock of docs/concurrency.md ("a ladder of epochs") in POSIX sh; its twin is src/lock/file.
# Sourced by the hooks that need it, after lib.sh. Needs got_common and, for the record, got_session and got_agent if set.
# What always holds: a live holder is never robbed; every wait has a bound.
# shellcheck disable=SC2154,SC2034 # variables of lib.sh and hook; results are for the caller

# Milliseconds to wait for the repository lock before going on without it.
got_limit_wait=${GOT_HOOK_TIMEOUT_MS:-5000}
case $got_limit_wait in '' | *[!0123456789]*) got_limit_wait=5000 ;; esac
# Milliseconds that a user's hook waits for its turn under hooks.serialize: it may queue behind several full test runs.
got_limit_serial=${GOT_HOOK_SERIALIZE_TIMEOUT_MS:-600000}
case $got_limit_serial in '' | *[!0123456789]*) got_limit_serial=600000 ;; esac
# Epochs that are kept for slow readers, and how often the older ones are cleared away.
got_limit_epochs=16
got_limit_clearing=8
# Parents looked at when searching for git or for a holder among our ancestors.
got_limit_ancestors=16

# got_lock RESOURCE PID TIMEOUT_MS WHAT: takes the lock in the name of process PID.
# Status 0 taken (got_epoch is the fencing token), 1 timed out (got_holder describes who has it),
# 2 already held by PID or by an ancestor of ours: go on, and don't release it.
got_lock() {
  got_encode "$1"
  got_ladder=$got_common/got/locks/$got_encoded
  [ -d "$got_ladder" ] || mkdir -p "$got_ladder" 2>/dev/null || { got_holder="nobody, but $got_ladder cannot be made"; return 1; }
  got_identify "$2"
  got_waited=0 got_pause=10 got_record=
  while :; do
    got_newest
    if [ "$got_top" -gt 0 ] && [ ! -e "$got_ladder/$got_top.r" ]; then
      got_read_record "$got_ladder/$got_top.h"
      if ! got_record_dead; then
        if got_held_above "$2"; then
          [ -z "$got_record" ] || rm -f "$got_record"
          return 2
        fi
        if [ "$got_waited" -ge "$3" ]; then
          got_holder="process $got_r_pid on $got_r_host since $got_r_since ($got_r_what)"
          [ -z "$got_record" ] || rm -f "$got_record"
          return 1
        fi
        got_sleep "$got_pause"
        got_waited=$((got_waited + got_pause))
        [ "$got_pause" -ge 160 ] || got_pause=$((got_pause * 2))
        continue
      fi
    fi
    if [ -z "$got_record" ] || [ ! -f "$got_record" ]; then got_write_record "$4" || return 1; fi
    got_epoch=$((got_top + 1))
    ln "$got_record" "$got_ladder/$got_epoch.h" 2>/dev/null || {
      # Somebody was faster, or the directory cannot hold links: counted, so that the second ends too.
      got_waited=$((got_waited + 1))
      [ "$got_waited" -le "$(($3 + got_limit_attempts))" ] || return 1
      continue
    }
    got_newest
    # The step below ours is never cleared away: without it the directory was deleted and numbers began anew.
    if [ "$got_top" -eq "$got_epoch" ] && [ ! -e "$got_ladder/$got_epoch.r" ] &&
      { [ "$got_epoch" -eq 1 ] || [ -e "$got_ladder/$((got_epoch - 1)).h" ] || [ -e "$got_ladder/$((got_epoch - 1)).r" ]; }; then
      break
    fi
    rm -f "$got_ladder/$got_epoch.h"
  done
  [ $((got_epoch % got_limit_clearing)) -ne 0 ] || got_clear
  while got_shared; do
    if [ "$got_waited" -ge "$3" ]; then
      got_unlock
      return 1
    fi
    got_sleep "$got_pause"
    got_waited=$((got_waited + got_pause))
  done
}

# True while somebody who may be alive holds the lock in a shared or intent mode (`m.*`, see src/lock/file/members.ts). Our own
# process and our ancestors do not count: a merge under `got-hooks lock run entity/task/1` would wait for itself.
got_shared() {
  for got_path in "$got_ladder"/m.*; do
    [ -f "$got_path" ] || continue
    got_read_record "$got_path"
    if got_record_dead || got_held_above "$got_pid"; then continue; fi
    got_holder="process $got_r_pid on $got_r_host since $got_r_since ($got_r_what)"
    return 0
  done
  return 1
}

# Gives back what got_lock took; does nothing when somebody broke the lock in between.
got_unlock() {
  got_newest
  [ "$got_top" -eq "$got_epoch" ] || return 1
  set -C
  command true 2>/dev/null >"$got_ladder/$got_epoch.r"
  set +C
}

# got_unlock_of RESOURCE PID: releases the lock if process PID holds it, whoever took it.
got_unlock_of() {
  got_encode "$1"
  got_ladder=$got_common/got/locks/$got_encoded
  [ -d "$got_ladder" ] || return 0
  got_newest
  got_epoch=$got_top
  if [ "$got_top" -eq 0 ] || [ -e "$got_ladder/$got_top.r" ]; then return 0; fi
  got_identify "$2"
  got_read_record "$got_ladder/$got_top.h"
  [ "$got_r_pid" = "$2" ] && [ "$got_r_start" = "$got_start" ] && [ "$got_r_boot" = "$got_boot" ] &&
    [ "$got_r_pidns" = "$got_pidns" ] || return 0
  got_unlock
}

# Sets got_top to the newest epoch, 0 when there is none. A release mark without its record counts: nobody can take that one.
got_newest() {
  got_top=0
  for got_path in "$got_ladder"/*.[hr]; do
    got_n=${got_path##*/}
    got_n=${got_n%.?}
    case $got_n in '' | 0* | *[!0123456789]*) continue ;; esac
    [ "$got_n" -le "$got_top" ] || got_top=$got_n
  done
}

# Removes epochs that nobody can still be looking at, and records whose writers died before they could.
got_clear() {
  set --
  for got_path in "$got_ladder"/*.[hr]; do
    got_n=${got_path##*/}
    got_n=${got_n%.*}
    case $got_n in '' | 0* | *[!0123456789]*) continue ;; esac
    [ "$got_n" -gt $((got_epoch + 1 - got_limit_epochs)) ] || set -- "$@" "$got_path"
  done
  for got_path in "$got_ladder"/t.*; do
    if [ ! -f "$got_path" ] || [ "$got_path" = "$got_record" ]; then continue; fi
    got_read_record "$got_path"
    if got_record_dead; then set -- "$@" "$got_path"; fi
  done
  [ $# -eq 0 ] || rm -f "$@"
}

# --- records ------------------------------------------------------------------------------------------------------
# got_identify PID: sets got_start, got_boot, got_pidns and got_host for the process.
got_identify() {
  got_pid=$1
  got_read_start "$1"
  if [ -r /proc/sys/kernel/random/boot_id ]; then
    read -r got_boot </proc/sys/kernel/random/boot_id
    read -r got_host </proc/sys/kernel/hostname
    got_pidns=$(readlink /proc/self/ns/pid)
    got_pidns=${got_pidns#*\[}
    got_pidns=${got_pidns%]}
  else
    got_boot=$(sysctl -n kern.bootsessionuuid 2>/dev/null)
    got_host=$(uname -n)
    got_pidns=-
  fi
  : "${got_boot:=-}" "${got_host:=-}" "${got_pidns:=-}"
}

# got_read_start PID: sets got_start (empty when there is no such process), got_state and got_parent.
got_read_start() {
  got_start='' got_state='' got_parent=''
  if [ -r /proc/self/stat ]; then
    got_stat=
    IFS= read -r got_stat 2>/dev/null <"/proc/$1/stat" || return 0
    # A command's name stands in parentheses and may hold anything, so what follows the last one counts.
    got_fields "${got_stat##*) }"
  else
    got_start=$(LC_ALL=C TZ=UTC0 ps -o lstart= -p "$1" 2>/dev/null)
    got_start=${got_start%"${got_start##*[! ]}"}
    got_state=$(ps -o state= -p "$1" 2>/dev/null)
    got_parent=$(ps -o ppid= -p "$1" 2>/dev/null)
    got_parent=$((${got_parent:-0}))
  fi
}

got_fields() {
  # shellcheck disable=SC2086 # split into fields on purpose: numbers and one letter
  set -- $1
  # A name with a line break in it: what cannot be read is not judged.
  if [ $# -lt 20 ]; then
    got_state='' got_parent=''
    return 0
  fi
  got_state=$1 got_parent=$2
  shift 19
  got_start=$1
}

# got_write_record WHAT: a whole record in a file of its own; sets got_record.
got_write_record() {
  got_read_now
  got_iso "$got_now"
  got_serial=$((${got_serial:-0} + 1))
  got_record=$got_ladder/t.$got_pid.$$-$got_now-$got_serial
  got_plain=${got_agent-}
  got_plain=${got_plain#\"}
  got_plain=${got_plain%\"}
  # Never over a file that is there: another pid namespace may have our numbers.
  set -C
  { printf '%s\n' 'got-lock 1' "pid $got_pid" "start ${got_start:--}" "boot $got_boot" "pidns $got_pidns" "host $got_host" \
    "since $got_iso" "agent ${got_plain:--}" "session ${got_session:--}" "what $1" end >"$got_record"; } 2>/dev/null
  got_written=$?
  set +C
  [ "$got_written" -eq 0 ] || { got_record='' got_holder="nobody, but $got_ladder cannot be written"; return 1; }
}

# got_read_record FILE: sets got_r_*; got_r_whole is 1 for a record that is not torn and of our version.
got_read_record() {
  got_r_pid='' got_r_start='' got_r_boot='' got_r_pidns='' got_r_host='' got_r_since='' got_r_what='' got_r_whole=''
  got_r_format=
  [ -f "$1" ] || return 0
  while IFS= read -r got_line; do
    case $got_line in
      'got-lock 1') got_r_format=1 ;;
      'pid '*) got_r_pid=${got_line#* } ;;
      'start '*) got_r_start=${got_line#* } ;;
      'boot '*) got_r_boot=${got_line#* } ;;
      'pidns '*) got_r_pidns=${got_line#* } ;;
      'host '*) got_r_host=${got_line#* } ;;
      'since '*) got_r_since=${got_line#* } ;;
      'what '*) got_r_what=${got_line#* } ;;
      end) got_r_whole=$got_r_format ;;
    esac
  done <"$1" 2>/dev/null
  case $got_r_pid in '' | *[!0123456789]*) got_r_whole='' ;; esac
}

# True when the record's holder is provably dead. Needs got_identify.
got_record_dead() {
  [ -n "$got_r_whole" ] && [ "$got_r_host" = "$got_host" ] || return 1
  [ "$got_r_boot" != - ] && [ "$got_boot" != - ] || return 1
  [ "$got_r_boot" = "$got_boot" ] || return 0
  [ "$got_r_pidns" = "$got_pidns" ] || return 1
  # Where other users' processes are hidden (hidepid), not to be seen is not to be dead.
  if [ -r /proc/self/stat ] && [ ! -d /proc/1 ]; then return 1; fi
  got_keep_start=$got_start
  got_read_start "$got_r_pid"
  got_seen_start=$got_start
  got_start=$got_keep_start
  if [ -z "$got_seen_start" ]; then
    ! kill -0 "$got_r_pid" 2>/dev/null
    return
  fi
  case $got_state in Z* | X*) return 0 ;; esac
  [ "$got_r_start" != - ] && [ "$got_seen_start" != "$got_r_start" ]
}

# got_held_above PID: true when the record's holder is PID or an ancestor of this hook; waiting would be for ourselves.
got_held_above() {
  [ "$got_r_host" = "$got_host" ] && [ "$got_r_boot" = "$got_boot" ] && [ "$got_r_pidns" = "$got_pidns" ] || return 1
  [ "$got_r_pid" != "$1" ] || return 0
  got_keep_start=$got_start
  got_above=$PPID got_i=0 got_found=1
  while [ "${got_above:-0}" -gt 1 ] && [ "$got_i" -lt "$got_limit_ancestors" ]; do
    if [ "$got_above" = "$got_r_pid" ]; then got_found=0 && break; fi
    got_read_start "$got_above"
    got_above=$got_parent
    got_i=$((got_i + 1))
  done
  got_start=$got_keep_start
  return "$got_found"
}

# --- processes ----------------------------------------------------------------------------------------------------
# Sets got_git to the process id of the git that started this hook: the nearest ancestor called git (a hook manager
# puts shells in between), else our parent.
got_find_git() {
  got_git=$PPID got_i=0
  while [ "${got_git:-0}" -gt 1 ] && [ "$got_i" -lt "$got_limit_ancestors" ]; do
    got_comm=
    if [ -r /proc/self/stat ]; then
      IFS= read -r got_comm 2>/dev/null <"/proc/$got_git/comm"
    else
      got_comm=$(ps -o comm= -p "$got_git" 2>/dev/null)
      got_comm=${got_comm##*/}
    fi
    case $got_comm in git | git-* | git.exe) return 0 ;; esac
    got_read_start "$got_git"
    got_git=$got_parent
    got_i=$((got_i + 1))
  done
  got_git=$PPID
}

# got_sleep MS: sleeps; whole seconds where sleep knows no fractions.
got_sleep() {
  got_ms=00$(($1 % 1000))
  got_ms=${got_ms#"${got_ms%???}"}
  sleep "$(($1 / 1000)).$got_ms" 2>/dev/null || sleep $((($1 + 999) / 1000))
}
