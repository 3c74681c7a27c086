#!/bin/sh
# The merge driver that git runs, for every kind of file: the memo's hits are served here, without starting Node.
#
#   got-merge KIND BASE OURS THEIRS MARKER-SIZE PATH [BASE-LABEL OUR-LABEL THEIR-LABEL]
#
# Sourced by the configured command (drivers/driver-command.ts), which sets the arguments and `got_merge`, this file's
# path; or executed. Exit 0: merged; 1: conflict; 255: the result could not be written (git stops without a loss).
# OURS is replaced by rename or not at all; nothing is printed on stdout, which may be git's own output.
#
# Every step is a fallback of the one before: memo, Node, merging as text. What the memo's names and seals are made of
# is written in drivers/memo.ts, which fills it.

case ${0##*/} in got-merge | got-merge.sh) got_merge=$0 ;; esac
bin=${got_merge%/*}
case $bin in */bin) got=${bin%/bin} ;; *) got=$bin/.. ;; esac
kind=$1 base=$2 ours=$3 theirs=$4 size=$5 path=$6
new=$ours.got

# git before 2.44 knows no labels and leaves the placeholders as they are.
case ${7-} in '' | %S) base_label=base ;; *) base_label=$7 ;; esac
case ${8-} in '' | %X) our_label=ours ;; *) our_label=$8 ;; esac
case ${9-} in '' | %Y) their_label=theirs ;; *) their_label=$9 ;; esac

say() {
  case $path in
    *[[:cntrl:]]*) set -- "(a path with control characters)" "$1" ;;
    *) set -- "$path" "$1" ;;
  esac
  printf 'got-hooks: %s: %s\n' "$1" "$2" >&2
}

cannot_write() {
  rm -f "$new"
  say "could not write the merged file; the merge is stopped and nothing is changed"
  exit 255
}

replace_ours() {
  mv -f "$new" "$ours" || cannot_write
}

# On a copy, not with -p: git merge-file notices a full disk only when it writes to a file.
merge_as_text() {
  cp "$ours" "$new" || cannot_write
  git merge-file -q -L "$our_label" -L "$base_label" -L "$their_label" --marker-size="$size" \
    "$new" "$base" "$theirs" </dev/null >&2
  status=$?
  if [ "$status" -gt 127 ]; then
    rm -f "$new"
    say "cannot be merged as text either: ours is kept, and it is a conflict"
    exit 1
  fi
  replace_ours
  [ "$status" -eq 0 ] || exit 1
  exit 0
}

case ${GOT_HOOKS_MERGE-} in 0) merge_as_text ;; esac

# Reads what every memo entry depends on; fails where there is no memo.
open_memo() {
  [ -r "$got/memo.key" ] && [ -r "$bin/build" ] || return
  read -r secret <"$got/memo.key" && read -r build <"$bin/build" || return
  [ "${#secret}" -ge 32 ] || return
  # Hashing a large log takes longer than merging its tails.
  if [ "$kind" = log ] && [ "$(($(wc -c <"$ours")))" -gt 4194304 ]; then return 1; fi
  if [ -L .got ] || [ -L .got/config.json ]; then
    return 1
  elif [ -f .got/config.json ]; then
    config='' config_file=.got/config.json
  else
    config_file=''
    config=$(git rev-parse -q --verify HEAD:.got/config.json </dev/null 2>&1) || config=0000000000000000000000000000000000000000
  fi
}

# What Node has worked out ahead for this very git process (drivers/ahead/foreseen.ts).
serve_foreseen() {
  tried=0
  for entry in "$got/memo/for.$PPID/$path"/[0-9]*.[01].*; do
    # Not a symlink, FIFO or folder; and no end of wrong entries.
    if [ ! -f "$entry" ] || [ -L "$entry" ] || [ "$tried" -ge 2 ]; then continue; fi
    tried=$((tried + 1))
    claim=${entry##*/}
    claim=${claim#*.}
    read_claim
    inputs=${claim%%.*}
    # shellcheck disable=SC2046 # ids are words
    set -- $(
      git hash-object --no-filters --stdin "$base" "$ours" "$theirs" "$entry" ${config_file:+"$config_file"} <<END
got-merge foreseen 1
$secret
$build
$kind
$size
$status $inputs $result
$labels
$path
END
    )
    [ "$#" -ge 5 ] || continue
    [ -n "$config_file" ] || set -- "$1" "$2" "$3" "$4" "$5" "$config"
    if [ "$1 $5" = "$seal $result" ]; then
      shorten 20 "$2" "$3" "$4" "$6"
      if [ "$short" = "$inputs" ]; then
        # The entry itself becomes the result: one process instead of two.
        mv -f "$entry" "$ours" || cannot_write
        exit "$status"
      fi
    fi
  done
}

# Sets `ids` (one per line: context, base, ours, theirs, config).
look_up() {
  ids=$(
    git hash-object --no-filters --stdin "$base" "$ours" "$theirs" ${config_file:+"$config_file"} <<END
got-merge memo 1
$secret
$build
$kind
$size
$path
END
  ) || ids=''
  [ -z "$ids" ] || [ -n "$config_file" ] || ids="$ids
$config"
}

# What was merged before, in this or any other process (drivers/memo/memo.ts).
serve_known() {
  # shellcheck disable=SC2086 # ids are words
  shorten 16 $ids
  tried=0
  for entry in "$got/memo/$short"/[01].*; do
    if [ ! -f "$entry" ] || [ -L "$entry" ] || [ "$tried" -ge 4 ]; then continue; fi
    tried=$((tried + 1))
    claim=${entry##*/}
    read_claim
    # What is verified is the copy that becomes the result.
    cp "$entry" "$new" 2>/dev/null || continue
    # shellcheck disable=SC2046 # ids are words
    set -- $(
      git hash-object --no-filters --stdin "$new" <<END
got-merge seal 1
$secret
$ids
$status $result
$labels
END
    )
    if [ "$*" = "$seal $result" ]; then
      replace_ours
      exit "$status"
    fi
  done
  [ "$tried" = 0 ] || rm -f "$new"
}

# Takes `status`, `result` and `seal` from a name `<status>.<…>.<result>.<seal>`, and leaves the rest in `claim`.
# A conflict's markers hold labels, so those count as well.
read_claim() {
  status=${claim%%.*}
  claim=${claim#*.}
  seal=${claim##*.}
  claim=${claim%.*}
  result=${claim##*.}
  if [ "$status" = 0 ]; then
    labels=''
  else
    labels="$base_label
$our_label
$their_label"
  fi
}

# Joins the first 16 or 20 digits of some ids into `short`.
shorten() {
  case $1 in 16) digits='????????????????' ;; *) digits='????????????????????' ;; esac
  shift
  short=''
  for id in "$@"; do
    # shellcheck disable=SC2295 # a pattern on purpose
    short=$short${id%"${id#$digits}"}
  done
}

# Most git processes merge one file by driver. Looking that up would cost as much as it could save, so the first call of
# a process only leaves a mark, and the memo is for the second one on. (-C: nothing that stands there is written to.)
ids=''
mark=$got/memo/misses.$PPID
if [ ! -e "$mark" ]; then
  if [ -r "$got/memo.key" ]; then
    [ -d "$got/memo" ] || mkdir "$got/memo" 2>/dev/null
    set -C
    { printf '' >"$mark"; } 2>/dev/null
    set +C
  fi
elif open_memo; then
  serve_foreseen
  look_up
  [ -z "$ids" ] || serve_known
fi

node=node
if [ -r "$bin/node" ]; then
  read -r node <"$bin/node"
  [ -x "$node" ] || node=node
fi
command -v "$node" >/dev/null 2>&1 || {
  say "Node is not found; merging as text (got-hooks install records where it is)"
  merge_as_text
}
# These are for the user's own programs: what NODE_OPTIONS preloads could fail, print or take long, and reading extra
# certificates more than doubles the time that Node takes to start.
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
"$node" --preserve-symlinks-main "$bin/got-run.cjs" "$bin/got-$kind.cjs" "$base" "$ours" "$theirs" "$size" "$path" \
  "$base_label" "$our_label" "$their_label" "$new" "$got" "$PPID" "$ids" </dev/null >&2
status=$?

# A torn or empty bundle exits 0 and an uncaught error 1: neither may be taken for a result.
case $status in
  10) exit 0 ;;
  11) exit 1 ;;
  12) cannot_write ;;
  13) ;; # said why itself
  *)
    rm -rf "$got/code"
    say "the merge program could not be run (status $status); merging as text"
    ;;
esac
rm -f "$new"
merge_as_text
