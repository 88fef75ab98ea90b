#!/usr/bin/env bash
# Make gVisor's runtime known to the running Docker engine, as `runsc`: installed and registered if need be (as root).
#
# The platform is ptrace: it needs neither KVM nor a kernel as new as systrap's. The engine is told to read its
# configuration again; it is not restarted, and nothing that runs is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

known() {
    docker info --format '{{json .Runtimes}}' 2>/dev/null | grep -q '"runsc"'
}

register() {
    python3 - "$(command -v runsc)" <<'PYTHON'
import json, pathlib, sys
path = pathlib.Path("/etc/docker/daemon.json")
settings = json.loads(path.read_text()) if path.exists() else {}
runtime = {"path": sys.argv[1], "runtimeArgs": ["--platform=ptrace", "--network=none"]}
settings.setdefault("runtimes", {})["runsc"] = runtime
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(settings, indent=4) + "\n")
PYTHON
    kill -HUP $(pidof dockerd) || die "no dockerd of this machine to tell; add the runtime runsc to your engine yourself"
}

! known || exit 0
if ! command -v runsc >/dev/null; then
    may_install || die "runsc is not installed; as root run 'apt-get install runsc'"
    install_packages runsc
fi
[ "$(id -u)" = 0 ] || die "the engine does not know runsc; as root run 'docker/runsc.sh'"
register
for ((tries = 0; tries < 50; tries++)); do
    ! known || exit 0
    sleep 0.2
done
die "the engine did not take the runtime runsc from /etc/docker/daemon.json"
