#!/usr/bin/env bash
# See to it that Chromium is there, for the tests of the web page.
set -euo pipefail
. "$(dirname "$0")/packages.sh"

for name in chromium chromium-browser google-chrome; do
    if command -v $name >/dev/null; then
        exit 0
    fi
done
may_install || die "no Chromium; as root run 'apt-get install chromium'"
install_packages chromium
