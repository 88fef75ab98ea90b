#!/usr/bin/env bash
# Make sure that a Docker engine answers: engine.sh start | stop | status
#
# start   exits 0 as soon as one answers; as root on Debian or Ubuntu it installs and starts one if need be.
# stop    stops the engine that `start` started by hand, and no other. One under systemd is the machine's and stays.
# status  exits 0 if one answers, 1 if not.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

# dockerd writes and removes this file itself, and carries its path on its command line: that is how we know it.
pid_file=$PWD/.cache/engine.pid
log=$PWD/.cache/engine.log
dockerd=

answers() {
    timeout 20 docker info >/dev/null 2>"$1"
}

start() {
    mkdir -p .cache
    exec 9>.cache/engine.lock
    flock 9
    local why
    why=$(mktemp)
    trap "rm -f '$why'" EXIT
    ! answers "$why" || return 0
    refuse_what_we_cannot_mend "$why"
    if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
        install_engine
    fi
    launch
    await "$why"
}

refuse_what_we_cannot_mend() {
    if grep -qi 'permission denied' "$1"; then
        die "a Docker engine runs, but $(id -un) may not use it: as root run 'usermod -aG docker $(id -un)', log in again"
    fi
    if grep -qi 'api version\|client version' "$1"; then
        die "the docker client and the engine share no API version: $(tail -n 1 "$1"); install a client as old as the engine"
    fi
    if [ -n "${DOCKER_HOST:-}" ]; then
        die "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST; start it, or unset DOCKER_HOST"
    fi
    if ! may_install; then
        die "no Docker engine answers; start one (systemctl start docker), or run this as root on Debian or Ubuntu"
    fi
}

# From Debian 13 on the client is a package of its own, which docker.io only recommends.
install_engine() {
    install_packages docker.io
    hash -r
    command -v docker >/dev/null || install_packages docker-cli
}

launch() {
    if [ -d /run/systemd/system ]; then
        echo "engine.sh: starting the Docker engine (systemctl)"
        systemctl start docker || die "systemctl could not start docker; see 'journalctl -u docker'"
    elif pidof dockerd >/dev/null; then
        echo "engine.sh: a dockerd is starting; waiting for it"
    else
        echo "engine.sh: starting dockerd, log in .cache/engine.log"
        ! command -v cgroupfs-mount >/dev/null || cgroupfs-mount
        rm -f "$pid_file"
        setsid nohup dockerd --pidfile "$pid_file" </dev/null >"$log" 2>&1 9>&- &
        dockerd=$!
    fi
}

await() {
    local tries
    for ((tries = 0; tries < 120; tries++)); do
        ! answers "$1" || return 0
        [ -z "$dockerd" ] || kill -0 "$dockerd" 2>/dev/null || die "dockerd gave up: $(tail -n 1 "$log")"
        sleep 0.5
    done
    die "the Docker engine did not answer within a minute; see $log or 'journalctl -u docker'"
}

# A zombie has no command line, so an engine that has ended counts as gone even where nobody reaps it.
is_ours() {
    cat "/proc/$1/cmdline" 2>/dev/null | tr '\0' '\n' | grep -qxF -- "$pid_file"
}

our_pid() {
    local pid
    pid=$(cat "$pid_file" 2>/dev/null) && is_ours "$pid" && echo "$pid"
}

stop() {
    local pid tries
    if ! pid=$(our_pid); then
        echo "engine.sh: no engine of ours is running"
        return
    fi
    kill "$pid"
    for ((tries = 0; tries < 120; tries++)); do
        if ! is_ours "$pid"; then
            echo "engine.sh: stopped the Docker engine"
            return
        fi
        sleep 0.5
    done
    die "dockerd (pid $pid) did not stop within a minute; see $log"
}

status() {
    answers /dev/null || {
        echo "no Docker engine answers"
        exit 1
    }
    if our_pid >/dev/null; then echo "a Docker engine answers; we started it"; else echo "a Docker engine answers"; fi
}

case "${1:-}" in
start | stop | status) "$1" ;;
*) die "expected start, stop or status, got '${1:-}'" ;;
esac
