# shellcheck shell=sh
# What an event needs now and then only: odd names, a new session, long lines, rotation, other people's stamps.
# Loaded by got_rare of lib.sh.
# shellcheck disable=SC2154,SC2034 # variables of lib.sh and hook; results are for the caller
# shellcheck disable=SC3013 # -nt: see lib.sh

got_safe='ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-'

# The same for any bytes; starts od and awk.
got_json_slow() {
  got_json=\"$(printf '%s' "$1" | od -An -v -tu1 | awk '
    function flush_bad() { printf "\\ufffd" }
    { for (i = 1; i <= NF; i++) b[n++] = $i + 0 }
    END {
      for (i = 0; i < n; i++) {
        c = b[i]
        if (c == 34) printf "\\\""
        else if (c == 92) printf "\\\\"
        else if (c < 32 || c == 127) printf "\\u%04x", c
        else if (c < 128) printf "%c", c
        else {
          more = c >= 194 && c <= 223 ? 1 : c >= 224 && c <= 239 ? 2 : c >= 240 && c <= 244 ? 3 : 0
          low = c == 224 ? 160 : c == 240 ? 144 : 128
          high = c == 237 ? 159 : c == 244 ? 143 : 191
          good = more > 0 && i + more < n
          for (k = 1; good && k <= more; k++) {
            if (b[i + k] < low || b[i + k] > high) good = 0
            low = 128; high = 191
          }
          if (!good) { printf "\\ufffd"; continue }
          # As an escape of ASCII letters: awk and locale cannot disagree about how to print it.
          code = more == 1 ? c - 192 : more == 2 ? c - 224 : c - 240
          for (k = 1; k <= more; k++) code = code * 64 + b[i + k] - 128
          if (code < 65536) printf "\\u%04x", code
          else printf "\\u%04x\\u%04x", 55296 + int((code - 65536) / 1024), 56320 + (code - 65536) % 1024
          i += more
        }
      }
    }')\"
}

# got_encode for any bytes.
got_encode_slow() {
  got_encoded=$(printf '%s' "$1" | od -An -v -tu1 | awk -v safe="$got_safe" '
    BEGIN { for (i = 1; i <= length(safe); i++) ok[substr(safe, i, 1)] = 1 }
    { for (i = 1; i <= NF; i++) {
        c = $i < 128 ? sprintf("%c", $i + 0) : ""
        printf "%s", (c in ok) && !(n == 0 && c == ".") ? c : sprintf("%%%02X", $i)
        n++
    } }')
}

# The beginning of a name that is too long, and a checksum of the whole.
got_shorten_spool_name() {
  got_encoded=$(printf '%.100s%%%s' "$got_encoded" "$(printf '%s' "$1" | cksum | tr ' ' -)")
}

got_new_session() {
  got_iso "$got_now"
  got_session=$got_year$got_mon$got_day-$got_h$got_m$got_s-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')
  got_began=$((got_now / 1000))
  got_session_stale=1
}

got_write_session() {
  [ -d "$got_dir/got" ] || mkdir -p "$got_dir/got" 2>/dev/null || return 0
  # A session that cannot be written down lasts for this hook.
  { printf '%s\n' 1 "$got_session" "$got_began" "$got_agent_source" "$got_agent" \
    "$got_base_boot $got_base_uptime $got_base_now" >"$got_session_file.$$" &&
    mv -f "$got_session_file.$$" "$got_session_file"; } 2>/dev/null
  got_session_stale=
  got_rotate
}

# Keeps the spool of a repository that does not track its events from growing for ever.
got_rotate() {
  [ -f "$got_spool" ] || return 0
  [ "$(wc -c <"$got_spool")" -gt "$got_limit_spool" ] || return 0
  got_n=$got_limit_rotated
  while [ "$got_n" -gt 1 ]; do
    [ ! -f "$got_spool.$((got_n - 1))" ] || mv -f "$got_spool.$((got_n - 1))" "$got_spool.$got_n"
    got_n=$((got_n - 1))
  done
  mv -f "$got_spool" "$got_spool.1"
}

# Looks at the logs that git has just written and remembers the newest stamp in them, so that our next one is later.
# Called before got_emit. A stamp more than a day ahead is a broken clock or a trap; following it would spoil ours for ever.
got_see_logs() {
  [ -d .got/events ] && [ ! -L .got/events ] && [ ! -L .got ] || return 0
  set --
  for got_path in .got/events/*.jsonl; do
    # Shells differ about -nt when the second file is missing.
    if [ -e "$got_dir/got/seen" ] && [ ! "$got_path" -nt "$got_dir/got/seen" ]; then continue; fi
    if [ -f "$got_path" ] && [ ! -L "$got_path" ]; then set -- "$@" "$got_path"; fi
    [ $# -lt "$got_limit_seen" ] || break
  done
  if [ $# -eq 0 ] || [ ! -d "$got_dir/got" ]; then return 0; fi
  { echo >"$got_dir/got/seen"; } 2>/dev/null || return 0
  got_read_session
  got_read_now
  got_newest_seen=$(tail -q -n 1 "$@" 2>/dev/null | LC_ALL=C awk -v limit=$((got_now + got_limit_skew)) '
    match($0, /"ts":"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9][0-9][0-9]Z"/) {
      ts = substr($0, RSTART + 6, 24)
      y = substr(ts, 1, 4) + 0; m = substr(ts, 6, 2) + 0; d = substr(ts, 9, 2) + 0
      if (m <= 2) y--
      era = int(y / 400); yoe = y - era * 400
      doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
      days = era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
      s = days * 86400 + substr(ts, 12, 2) * 3600 + substr(ts, 15, 2) * 60 + substr(ts, 18, 2)
      ms = s * 1000 + substr(ts, 21, 3)
      if (ms < limit && ms > newest) newest = ms
    }
    END { printf "%.0f", newest }')
  case $got_newest_seen in '' | *[!0123456789]*) return 0 ;; esac
  got_floor=$got_newest_seen
}

# got_append for a line too long for a single write: a spool file of its own, complete under its name or not there.
got_append_long() {
  got_own=$got_spools/$got_worktree_file.$$-$got_now
  { printf '%s\n' "$1" >"$got_own.tmp" && mv "$got_own.tmp" "$got_own.one.jsonl"; } 2>/dev/null && return
  got_lost "$got_own.one.jsonl"
  return 1
}

# Makes an event of each noted pick ("<commit> <uptime>"), with the stamp of its time. All of them become one spool file,
# complete under its name or not there; the name comes from the first commit, so doing it again after a crash changes nothing.
got_make_picks() {
  if [ -s "$got_dir/got/picks" ]; then
    read -r got_oid got_line <"$got_dir/got/picks"
    mv "$got_dir/got/picks" "$got_dir/got/picks.$got_oid"
  fi
  [ -d "$got_spools" ] || mkdir -p "$got_spools" || return 0
  got_keep="$got_branch|$got_head"
  got_read_head
  got_rebasing || :
  if [ -n "$got_branch" ]; then got_json "$got_branch"; else got_json=null; fi
  got_branch_picks=$got_json
  for got_picks in "$got_dir"/got/picks.*; do
    [ -s "$got_picks" ] || continue
    got_read_session
    # Not a tick: the picks happened before now.
    got_read_now
    got_who
    got_present=$got_now got_stamp=0
    [ ! -f "$got_common/got/clock" ] || read -r got_stamp <"$got_common/got/clock" || :
    case $got_stamp in '' | 0?* | *[!0123456789]*) got_stamp=0 ;; esac
    got_json "$got_worktree"
    while read -r got_oid got_then; do
      case $got_oid in '' | *[!0123456789abcdef]*) continue ;; esac
      got_ago=0
      case $got_then in
        *[!0123456789.]* | '') ;;
        *.??)
          got_fraction=1${got_then#*.}
          got_ago=$((${got_uptime:-0} - ${got_then%.*} * 1000 - (got_fraction - 100) * 10))
          ;;
      esac
      # Before this boot, or from another machine's: all we know is that it was before now.
      if [ "$got_ago" -lt 0 ]; then got_ago=0; fi
      got_now=$((got_present - got_ago))
      [ "$got_now" -gt "$got_stamp" ] || got_now=$((got_stamp + 1))
      got_stamp=$got_now
      got_iso "$got_now"
      printf '%s\n' "{\"id\":\"git.commit:$got_oid\",\"ts\":\"$got_iso\",\"session\":\"$got_session\",\"agent\":$got_agent,\"event\":\"git.commit\",\"worktree\":$got_json,\"branch\":$got_branch_picks,\"commit\":\"$got_oid\",\"during\":\"rebase\"}"
    done <"$got_picks" >"$got_spools/$got_worktree_file.${got_picks##*.}.tmp" &&
      mv "$got_spools/$got_worktree_file.${got_picks##*.}.tmp" "$got_spools/$got_worktree_file.${got_picks##*.}.one.jsonl" &&
      rm -f "$got_picks"
    printf '%013d\n' "$got_stamp" 1<>"$got_common/got/clock"
  done
  got_branch=${got_keep%|*} got_head=${got_keep##*|}
}
