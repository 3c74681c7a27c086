# shellcheck shell=sh disable=SC2154,SC2034
# Refusing broken .got data. Node is started only from here, that is only when .got data is part of what happens.
# A Node or bundle that is missing or fails by itself never stands in git's way: it is said on stderr.

# got_check_data staged | got_check_data pushed REMOTE (NEW OLD)…: status 1 when the data is broken (the reasons are on stderr).
got_check_data() {
  got_node=
  [ ! -f "$got_bin/node" ] || IFS= read -r got_node <"$got_bin/node"
  [ -n "$got_node" ] && [ -x "$got_node" ] || got_node=$(command -v node)
  if [ -z "$got_node" ] || [ ! -f "$got_bin/check-data.cjs" ]; then
    got_note 'the .got data was not checked: Node or check-data.cjs is missing; run got-hooks install again'
    return 0
  fi
  "$got_node" "$got_bin/check-data.cjs" "$@" >&2
  case $? in
    10) return 0 ;;
    11) return 1 ;;
    *) got_note 'the .got data could not be checked; going on without' ;;
  esac
}

# got_check_pushed REMOTE: checks the tips in $got_input, if the commits that the remote lacks touch .got. Nearly always they
# don't, and one git says so for all of them.
got_check_pushed() {
  set -- "$1"
  [ -n "$(got_pushed_tips | git rev-list -n 1 --stdin --not --remotes="$1" -- .got 2>/dev/null)" ] || return 0
  got_last=
  while read -r got_local got_oid got_remote got_old; do
    case $got_oid in '' | *[!0123456789abcdef]*) continue ;; esac
    # Only zeros: the ref is being deleted.
    case $got_oid in *[!0]*) ;; *) continue ;; esac
    [ "$got_oid" != "$got_last" ] || continue
    got_last=$got_oid
    got_touched=$(git rev-list -n 1 "$got_oid" --not --remotes="$1" -- .got 2>/dev/null)
    case $got_old in
      *[!0]*)
        # Also without remote-tracking branches (a push to an address) the remote's own tip bounds what is new.
        [ -z "$got_touched" ] || ! git cat-file -e "$got_old" 2>/dev/null ||
          got_touched=$(git rev-list -n 1 "$got_oid" --not "$got_old" --remotes="$1" -- .got 2>/dev/null)
        ;;
    esac
    [ -z "$got_touched" ] || set -- "$@" "$got_oid" "$got_old"
  done <<END
$got_input
END
  [ $# -gt 1 ] || return 0
  got_check_data pushed "$@"
}

# Prints what is being pushed, an id a line; references that are being deleted have only zeros.
got_pushed_tips() {
  while read -r got_local got_oid got_remote got_old; do
    case $got_oid in '' | *[!0123456789abcdef]*) continue ;; esac
    case $got_oid in *[!0]*) printf '%s\n' "$got_oid" ;; esac
  done <<END
$got_input
END
}
