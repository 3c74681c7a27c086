# One POSIX sh process of a mixed storm: increments the counter under the lock that hooks/lock.sh takes.
# Arguments: hooks directory, common directory, resource, counter file, token log, rounds.
# shellcheck shell=sh disable=SC1091,SC2034,SC2154
got_bin=$1 got_common=$2 got_dir=$2 got_name=storm got_agent=sh got_session=storm
. "$1/lib.sh"
. "$1/lock.sh"
got_rounds=$6
while [ "$got_rounds" -gt 0 ]; do
  got_rounds=$((got_rounds - 1))
  got_lock "$3" $$ 120000 storm || exit 1
  read -r got_count <"$4"
  echo "$got_epoch" >>"$5"
  echo $((got_count + 1)) >"$4.$$"
  mv "$4.$$" "$4"
  got_unlock || exit 2
done
