# shellcheck shell=sh
# What every hook needs: where we are, who is acting, what time it is, and appending one event to the spool.
#
# This is the hot path: it runs once for each pick of a rebase. So nothing here starts a process in the usual case;
# functions leave their result in variables instead of printing it. Sourced by `hook`, which has set
# got_bin, got_common, got_dir, got_stub and got_name.
# shellcheck disable=SC2154,SC2034 # those variables come from `hook`; results are used by the files that source this one
# shellcheck disable=SC3013 # -nt and -ef: POSIX.1-2024, and in every shell we support long before

# --- limits -------------------------------------------------------------------------------------------------------
# Bytes of one event that is appended with a single write; a longer one becomes a spool file of its own.
got_limit_line=1000
# Bytes of one spool file before it is rotated, and how many rotated ones are kept.
got_limit_spool=4194304
got_limit_rotated=4
# Seconds that a session lasts.
got_limit_session=86400
# Milliseconds that a calibration of the clock against `date` is used.
got_limit_calibration=60000
# Characters of an agent's or session's name.
got_limit_name=100
# Logs looked at after a merge or checkout, and milliseconds that a stamp in them may be ahead of our clock.
got_limit_seen=500
got_limit_skew=86400000
# Characters of a worktree's part of a file name, which may have 255 with what we add.
got_limit_spool_name=150
# Attempts of anything that is tried again.
got_limit_attempts=20

got_newline='
'

# Loads what is needed now and then only. This file is read for each pick of a rebase, so it is kept short.
got_rare() {
  [ -z "${got_rare_loaded-}" ] || return 0
  got_rare_loaded=1
  # shellcheck source=rare.sh
  . "$got_bin/rare.sh"
}
got_rare_loaded=

# One line on stderr, for what a person has to know.
got_note() { printf 'got-hooks: %s\n' "$1" >&2; }

# --- text ---------------------------------------------------------------------------------------------------------
# got_json TEXT: sets got_json to TEXT as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
got_json() {
  case $1 in
    *[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@+=,\ -]*) got_rare && got_json_slow "$1" ;;
    *) got_json=\"$1\" ;;
  esac
}

# got_encode NAME: sets got_encoded to NAME as a file name: bytes outside A-Za-z0-9_.- and a leading dot as %XX.
got_encode() {
  case $1 in
    '' | .* | *[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-]*) got_rare && got_encode_slow "$1" ;;
    *) got_encoded=$1 ;;
  esac
}

# --- where --------------------------------------------------------------------------------------------------------
# Sets got_worktree (the name), got_worktree_file (the same as a file name) and got_spool (its spool file).
got_where() {
  if [ "$got_dir" = "$got_common" ] || [ "$got_dir" -ef "$got_common" ]; then
    got_worktree=main
    got_worktree_file=main
  else
    got_worktree=${got_dir%/}
    got_worktree=${got_worktree##*/}
    got_name_spool "$got_worktree"
    got_worktree_file=$got_encoded
  fi
  got_spools=$got_common/got/spool
  got_spool=$got_spools/$got_worktree_file.jsonl
}

# got_name_spool WORKTREE: sets got_encoded to what the spool file of that linked worktree is called, without its end.
got_name_spool() {
  got_encode "$1"
  # A linked worktree may be called "main" too; its spool must not be the main one's.
  [ "$1" != main ] || got_encoded=%6Dain
  [ ${#got_encoded} -le "$got_limit_spool_name" ] || { got_rare && got_shorten_spool_name "$1"; }
}

# Sets got_branch (empty when detached) and got_head (the commit's id, empty on an unborn branch), by reading git's own
# files; asks git where they are stored otherwise (packed refs, reftable, symbolic HEAD as a link).
got_read_head() {
  got_branch='' got_head='' got_ref=''
  IFS= read -r got_ref 2>/dev/null <"$got_dir/HEAD"
  case $got_ref in
    'ref: refs/heads/.invalid')
      got_branch=$(git symbolic-ref -q --short HEAD 2>/dev/null)
      ;;
    'ref: '*)
      got_ref=${got_ref#ref: }
      got_branch=${got_ref#refs/heads/}
      [ ! -f "$got_common/$got_ref" ] || IFS= read -r got_head <"$got_common/$got_ref"
      ;;
    *) got_head=$got_ref ;;
  esac
  case $got_head in
    '' | *[!0123456789abcdef]*) got_head=$(git rev-parse -q --verify HEAD 2>/dev/null) ;;
  esac
}

# True while a rebase is under way; then got_branch is the branch being rebased.
got_rebasing() {
  got_state=$got_dir/rebase-merge
  [ -d "$got_state" ] || got_state=$got_dir/rebase-apply
  [ -d "$got_state" ] || return 1
  if [ -z "$got_branch" ] && [ -f "$got_state/head-name" ]; then
    IFS= read -r got_branch <"$got_state/head-name"
    got_branch=${got_branch#refs/heads/}
  fi
}

# --- time ---------------------------------------------------------------------------------------------------------
# Sets got_now to milliseconds since 1970. On Linux by /proc/uptime and a calibration in the session file, which is
# renewed by one `date` a minute; elsewhere by `date`.
got_read_now() {
  got_uptime=
  if [ -r /proc/uptime ]; then
    read -r got_uptime got_boot </proc/uptime
    read -r got_boot </proc/sys/kernel/random/boot_id
    # "12.05" is 12050 ms; the leading 1 keeps "08" from being octal.
    got_fraction=1${got_uptime#*.}
    got_uptime=$((${got_uptime%.*} * 1000 + (got_fraction - 100) * 10))
    got_age=$((got_uptime - ${got_base_uptime:-0}))
    if [ "${got_base_boot-}" = "$got_boot" ] && [ "$got_age" -ge 0 ] && [ "$got_age" -lt "$got_limit_calibration" ]; then
      got_now=$((got_base_now + got_age))
      return
    fi
  fi
  got_now=$(date -u +%s%3N)
  case $got_now in
    *[!0123456789]* | '') got_now=$(date -u +%s)000 ;; # no %N here
    ???????????) got_now=$(date -u +%s)000 ;;           # %3N swallowed
  esac
  got_base_boot=${got_boot:--} got_base_uptime=${got_uptime:-0} got_base_now=$got_now
  got_session_stale=1
}

# Sets got_now to a stamp later than every stamp seen in this repository: max(now, newest seen + 1 ms), and notes it.
# The file is overwritten in place with the same number of bytes, so a crash cannot leave half a number.
got_tick() {
  got_read_now
  got_clock=$got_common/got/clock
  got_seen=0
  [ ! -f "$got_clock" ] || read -r got_seen <"$got_clock" || :
  case $got_seen in '' | 0?* | *[!0123456789]*) got_seen=0 ;; esac
  [ "${got_floor:-0}" -le "$got_seen" ] || got_seen=$got_floor
  [ "$got_now" -gt "$got_seen" ] || got_now=$((got_seen + 1))
  { printf '%013d\n' "$got_now" 1<>"$got_clock"; } 2>/dev/null
}

# got_iso MS: sets got_iso to MS as YYYY-MM-DDTHH:MM:SS.mmmZ. (Days to civil date: Howard Hinnant, "chrono-compatible
# low-level date algorithms".)
got_iso() {
  got_s=$(($1 / 1000)) got_ms=$(($1 % 1000))
  got_d=$((got_s / 86400 + 719468)) got_s=$((got_s % 86400))
  got_era=$((got_d / 146097)) got_doe=$((got_d % 146097))
  got_yoe=$(((got_doe - got_doe / 1460 + got_doe / 36524 - got_doe / 146096) / 365))
  got_doy=$((got_doe - (365 * got_yoe + got_yoe / 4 - got_yoe / 100)))
  got_mp=$(((5 * got_doy + 2) / 153))
  got_day=$((got_doy - (153 * got_mp + 2) / 5 + 1))
  got_mon=$((got_mp < 10 ? got_mp + 3 : got_mp - 9))
  got_year=$((got_yoe + got_era * 400 + (got_mon <= 2)))
  got_h=$((got_s / 3600)) got_m=$((got_s / 60 % 60)) got_s=$((got_s % 60))
  # Padded by hand: printf in a command substitution would cost a process.
  case $got_mon in ?) got_mon=0$got_mon ;; esac
  case $got_day in ?) got_day=0$got_day ;; esac
  case $got_h in ?) got_h=0$got_h ;; esac
  case $got_m in ?) got_m=0$got_m ;; esac
  case $got_s in ?) got_s=0$got_s ;; esac
  case $got_ms in ?) got_ms=00$got_ms ;; ??) got_ms=0$got_ms ;; esac
  got_iso=$got_year-$got_mon-${got_day}T$got_h:$got_m:$got_s.${got_ms}Z
}

# --- who ----------------------------------------------------------------------------------------------------------
# Reads <git-dir>/got/session: format, session, when it began (s), whose name, that name in JSON, calibration.
got_read_session() {
  got_session='' got_began=0 got_agent_source='' got_agent='' got_base_boot='' got_base_uptime=0 got_base_now=0
  got_session_stale=
  got_session_file=$got_dir/got/session
  [ -f "$got_session_file" ] || return 0
  {
    IFS= read -r got_format
    IFS= read -r got_session
    IFS= read -r got_began
    IFS= read -r got_agent_source
    IFS= read -r got_agent
    read -r got_base_boot got_base_uptime got_base_now
  } <"$got_session_file"
  case $got_session in '' | *[!abcdef0123456789-]*) got_session='' ;; esac
  case $got_format in 1) ;; *) got_session='' ;; esac
  case $got_began$got_base_uptime$got_base_now in '' | *[!0123456789]*) got_session='' ;; esac
  [ -n "$got_session" ] || got_began=0 got_agent_source='' got_agent='' got_base_boot='' got_base_uptime=0 got_base_now=0
}

# Sets got_session and got_agent (in JSON). Needs got_now.
got_who() {
  if [ -z "$got_session" ] || [ $((got_now / 1000 - got_began)) -ge "$got_limit_session" ]; then
    got_rare && got_new_session
  fi
  if [ -n "${GOT_AGENT-}" ] && got_good_agent "$GOT_AGENT"; then
    got_source="name:$GOT_AGENT"
  elif [ -n "${GIT_COMMITTER_NAME-}" ] && got_good_agent "$GIT_COMMITTER_NAME"; then
    got_source="name:$GIT_COMMITTER_NAME"
  elif [ -n "${GIT_CONFIG_PARAMETERS-}${GIT_CONFIG_COUNT-}" ]; then
    got_source=once # `git -c user.name=…`: for this command only, so never remembered
  else
    got_source=config
  fi
  if [ "$got_source" != "$got_agent_source" ] || { [ "$got_source" = config ] && got_config_changed; }; then
    got_agent_name=${got_source#name:}
    if [ "$got_source" = config ] || [ "$got_source" = once ]; then
      got_agent_name=$(git config user.name 2>/dev/null)
      got_good_agent "$got_agent_name" || got_agent_name=unknown
    fi
    got_json "$got_agent_name"
    got_agent=$got_json
    if [ "$got_source" = once ]; then got_agent_source=none; else got_agent_source=$got_source got_session_stale=1; fi
  fi
  [ -z "$got_session_stale" ] || { got_rare && got_write_session; }
  if [ -n "${GOT_SESSION-}" ]; then
    case $GOT_SESSION in
      .* | -* | *[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-]*)
        got_note 'GOT_SESSION is ignored: a session name is made of A-Z a-z 0-9 _ . - and starts with none of . and -'
        ;;
      *)
        if [ ${#GOT_SESSION} -le "$got_limit_name" ]; then
          got_session=$GOT_SESSION
        else
          got_note "GOT_SESSION is ignored: it is longer than $got_limit_name characters"
        fi
        ;;
    esac
  fi
}

got_good_agent() {
  case $1 in '' | *"$got_newline"* | *[[:cntrl:]]*) return 1 ;; esac
  [ ${#1} -le "$got_limit_name" ]
}

# True when the name that git would find in its configuration may have changed since we asked.
got_config_changed() {
  [ "$got_common/config" -nt "$got_session_file" ] || [ "$got_dir/config.worktree" -nt "$got_session_file" ] ||
    [ "${GIT_CONFIG_GLOBAL:-${HOME-}/.gitconfig}" -nt "$got_session_file" ] ||
    [ "${XDG_CONFIG_HOME:-${HOME-}/.config}/git/config" -nt "$got_session_file" ]
}

# --- the spool ----------------------------------------------------------------------------------------------------
# got_emit ID EVENT PAYLOAD: appends one event. PAYLOAD is JSON members without braces. An ID that ends in a colon
# gets a unique end. Lock-free: see docs/decisions/0010.
got_emit() {
  got_where
  got_pending_picks
  got_read_session
  got_tick
  got_who
  got_iso "$got_now"
  got_id=$1
  case $got_id in *:) got_id=$got_id$got_session:$got_now-$$ ;; esac
  got_json "$got_worktree"
  got_append "{\"id\":\"$got_id\",\"ts\":\"$got_iso\",\"session\":\"$got_session\",\"agent\":$got_agent,\"event\":\"$2\",\"worktree\":$got_json${3:+,$3}}"
}

# Makes events of the picks that were noted during a rebase.
got_pending_picks() {
  for got_path in "$got_dir"/got/picks*; do
    if [ -s "$got_path" ]; then got_rare && got_make_picks; fi
    break
  done
}

# got_append LINE: one write with O_APPEND. A folder may have renamed the file between our open and our write: then
# the line goes into the new file as well; whoever reads them knows the id already.
got_append() {
  [ -d "$got_spools" ] || mkdir -p "$got_spools" 2>/dev/null || { got_lost "$got_spools"; return 1; }
  if [ ${#1} -gt "$got_limit_line" ]; then
    got_rare && got_append_long "$1"
    return
  fi
  got_fd=/proc/self/fd/9
  [ -d /proc/self/fd ] || got_fd=/dev/fd/9
  got_try=0
  while [ "$got_try" -lt "$got_limit_attempts" ]; do
    got_written=
    # The outer braces swallow the shell's own words when the file cannot be opened.
    # shellcheck disable=SC2094 # the same file on purpose: is it still the one that has this name?
    {
      {
        if printf '%s\n' "$1" >&9; then
          got_written=1
          [ ! "$got_fd" -ef "$got_spool" ] || return 0
        fi
      } 9>>"$got_spool"
    } 2>/dev/null
    if [ -z "$got_written" ]; then
      got_lost "$got_spool"
      return 1
    fi
    got_try=$((got_try + 1))
  done
}

got_lost() { got_note "cannot write $1: this event is lost; check its owner and mode, and the disk"; }
