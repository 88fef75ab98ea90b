#!/usr/bin/env bash
# Make the local image lovelace/base:trixie, a bare Debian 13, if it is missing.
#
# From debian:trixie-slim where an image registry answers, otherwise from Debian's packages by mmdebstrap.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

base=lovelace/base:trixie

from_registry() {
    timeout 60 docker pull -q debian:trixie-slim >/dev/null 2>&1 || return 1
    docker tag debian:trixie-slim "$base"
    echo "base.sh: $base made from debian:trixie-slim"
}

# Documentation is left out, as debian:trixie-slim leaves it out.
root_file_system() {
    mmdebstrap --quiet --variant=minbase \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        trixie
}

# Tagged only once the whole pipe has succeeded: an image cut short must not pass for the base.
from_packages() {
    if ! command -v mmdebstrap >/dev/null; then
        may_install || die "no image registry answers and mmdebstrap is missing; as root run 'apt-get install mmdebstrap'"
        install_packages mmdebstrap debian-archive-keyring
    fi
    echo "base.sh: no image registry answers; making $base from Debian's packages (about 15 s)"
    local image
    image=$(root_file_system | docker import -) || die "mmdebstrap could not make a root file system; see above"
    docker tag "$image" "$base"
}

docker info >/dev/null 2>&1 || die "no Docker engine answers; run docker/engine.sh start"
if docker image inspect "$base" >/dev/null 2>&1; then
    echo "base.sh: $base is there"
else
    from_registry || from_packages
fi
