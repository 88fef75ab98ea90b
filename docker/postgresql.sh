#!/usr/bin/env bash
# The PostgreSQL that tests start on a port of their own: Debian's binaries, installed if they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

installed() {
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

installed && exit
may_install || die "no PostgreSQL in /usr/lib/postgresql; as root run 'apt-get install postgresql'"
install_packages postgresql
installed || die "Debian's postgresql is installed, but its server is not in /usr/lib/postgresql"
