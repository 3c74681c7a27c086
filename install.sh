#!/bin/sh
# Installs got-hooks from this clone into a git repository: dependencies, build, hooks and merge drivers, and a
# throw-away merge that proves them. Run again, it changes nothing and says so.
#
#   ./install.sh [/path/to/repository]     (without a path: the repository that you are in)
set -eu

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

case ${1-} in
  -h | --help)
    sed -n '2,5s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  -*)
    printf 'install.sh: unknown option %s; usage: ./install.sh [/path/to/repository]\n' "$1" >&2
    exit 2
    ;;
esac
[ $# -le 1 ] || {
  printf 'install.sh: at most one repository; usage: ./install.sh [/path/to/repository]\n' >&2
  exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# at_least WANTED FOUND: compares the first two numbers of two versions.
at_least() {
  wanted_major=${1%%.*} wanted_rest=${1#*.}
  found_major=${2%%.*} found_rest=${2#*.}
  wanted_minor=${wanted_rest%%.*} found_minor=${found_rest%%.*}
  [ "$found_major" -gt "$wanted_major" ] || { [ "$found_major" -eq "$wanted_major" ] && [ "$found_minor" -ge "$wanted_minor" ]; }
}

command -v git >/dev/null 2>&1 || fail "git is not on PATH; got-hooks needs git 2.38 or newer"
git_version=$(git version | sed 's/^git version \([0-9]*\.[0-9]*\).*/\1/')
at_least 2.38 "$git_version" || fail "git $git_version is too old; got-hooks needs 2.38 or newer"
command -v node >/dev/null 2>&1 || fail "node is not on PATH; got-hooks needs Node 20.19 or newer (https://nodejs.org)"
node_version=$(node --version | sed 's/^v//')
at_least 20.19 "$node_version" || fail "Node $node_version is too old; got-hooks needs 20.19 or newer (https://nodejs.org)"
command -v npm >/dev/null 2>&1 || fail "npm is not on PATH; it comes with Node (https://nodejs.org)"

if [ $# -eq 1 ]; then
  [ -d "$1" ] || fail "$1 is not a directory"
  target=$(CDPATH='' cd -- "$1" && pwd -P)
elif git rev-parse --git-dir >/dev/null 2>&1; then
  target=$(pwd -P)
else
  target=$here
fi
git -C "$target" rev-parse --git-dir >/dev/null 2>&1 ||
  fail "$target is not in a git repository; name one: ./install.sh /path/to/repository"

cd "$here"
stamps=node_modules/.cache/got-hooks

# up_to_date NAME STAMP: has NAME been done for exactly this input?
up_to_date() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
stamp() { mkdir -p "$stamps" && printf '%s\n' "$2" >"$stamps/$1"; }

dependencies="$(cat package.json package-lock.json | git hash-object --stdin) $(node -p 'process.version + process.arch')"
if up_to_date dependencies "$dependencies"; then
  say "Dependencies: up to date, nothing changed."
else
  say "Dependencies: installing ..."
  # A lock file can disagree with an npm that is older or newer than the one that wrote it: then without it.
  npm ci --no-audit --no-fund --loglevel=error ||
    {
      say "npm ci failed: trying npm install without the lock file ..."
      npm install --no-package-lock --no-audit --no-fund --loglevel=error || fail "npm could not install the dependencies"
    }
  stamp dependencies "$dependencies"
fi

# What the build is made from; our own file names have no white space.
sources=$(find src drivers hooks scripts package.json package-lock.json tsconfig.json tsconfig.build.json -type f | LC_ALL=C sort)
# shellcheck disable=SC2086 # a list of words
build=$(git hash-object $sources | git hash-object --stdin)
if [ -f dist/cli/main.js ] && up_to_date build "$build"; then
  say "Build: up to date, nothing changed."
else
  say "Build: building ..."
  npm run --silent build || fail "the build failed"
  stamp build "$build"
fi

node dist/cli/main.js -C "$target" install
