#!/usr/bin/env bash
# Set up this clone: setup.sh [--dev] [TIER...]
#
# Always: .venv, with everything in requirements.lock and this project, editable.
# With --dev: what is more in requirements-dev.lock, for tests and benchmarks.
# With tiers (sets of languages: python, core): also a Docker engine that answers, and the sandbox images of these tiers.
# Run again it does nothing; interrupted at any point, the next run finishes the job.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

# Each holds the hash of what it was made from, and is written last: a half-made .venv has none.
locked=.venv/finished.lock
tools=.venv/finished.dev
project=.venv/finished.project
did_something=

find_python() {
    local python
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    python=${PYTHON:-python3}
    die "expected Python 3.11 or newer, but $python is $("$python" --version 2>/dev/null || echo missing);" \
        "install one, or name one: make setup PYTHON=python3.12"
}

# Debian ships Python without the part that makes virtual environments able to install.
can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

make_environment() {
    local python package
    python=$(find_python)
    if ! can_make_environments "$python"; then
        package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info.minor)')
        may_install || die "$python cannot make virtual environments; as root run 'apt-get install $package'"
        install_packages "$package"
        can_make_environments "$python" || die "$python still cannot make virtual environments; name another: make PYTHON=..."
    fi
    echo "set-up: making .venv and installing the locked packages (about 20 seconds)"
    rm -f $locked $tools $project
    "$python" -m venv --clear .venv
    install --no-deps --require-hashes -r requirements.lock  # it is complete
}

# -qq: pip warns about indexes of this machine that hold no such package, a line for each.
install() {
    .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check "$@"
}

# made STAMP HASH: what STAMP stands for was made from just this.
made() {
    [ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

# An environment knows its own path, so one in a clone that was moved is made anew.
environment() {
    local lock_hash tools_hash project_hash
    lock_hash=$( (pwd && cat requirements.lock) | sha256sum)
    tools_hash=$(sha256sum <requirements-dev.lock)
    project_hash=$(sha256sum <pyproject.toml)
    if ! made $locked "$lock_hash" || ! .venv/bin/python -c '' 2>/dev/null; then
        did_something=1
        make_environment
        echo "$lock_hash" >$locked
    fi
    if [ -n "$dev" ] && ! made $tools "$tools_hash"; then
        did_something=1
        echo "set-up: installing what tests and benchmarks need (about half a minute)"
        install --no-deps --require-hashes -r requirements-dev.lock
        echo "$tools_hash" >$tools
    fi
    if ! made $project "$project_hash"; then
        did_something=1
        echo "set-up: installing lovelace itself, editable"
        install --no-deps --no-build-isolation --editable .
        echo "$project_hash" >$project
    fi
}

dev=
if [ "${1:-}" = --dev ]; then
    dev=1
    shift
fi
mkdir -p .cache
exec 9>.cache/setup.lock
flock 9
environment
[ $# = 0 ] || docker/engine.sh start 9>&-
for tier in "$@"; do
    .venv/bin/lovelace sandbox build "$tier" 9>&-
done
[ -n "$did_something" ] || echo "set-up: .venv is up to date"
