#!/usr/bin/env bash
# Build the web page, sandbox/web/dist, if it is missing or its sources changed: page.sh [--needed]
#
# Needs Node.js 20.19 or newer, with npm. Without it: says so and goes on, since the server answers `/` all the same and
# says how to build the page. With --needed, installs it (as root) or fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

built=sandbox/web/dist/finished

has_node() {
    command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

sources() {
    find sandbox/web \( -name node_modules -o -name dist \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}

hash=$(sources | sha256sum)
if [ "$(cat $built 2>/dev/null)" = "$hash" ] && [ -d sandbox/web/node_modules ]; then
    exit 0
fi
if ! has_node; then
    if [ "${1:-}" != --needed ]; then
        echo "page.sh: no Node.js 20.19 or newer, so the web page is not built: install nodejs and npm, then 'make page'." \
            "Everything else works."
        exit 0
    fi
    may_install || die "no Node.js 20.19 or newer; as root run 'apt-get install nodejs npm'"
    install_packages nodejs npm
    has_node || die "Node.js is $(node --version 2>/dev/null || echo missing), expected 20.19 or newer; install a newer one"
fi
echo "page.sh: building the web page"
mkdir -p .cache
(
    cd sandbox/web
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run --silent build
) >.cache/page.log 2>&1 || die "the page could not be built; see .cache/page.log: $(tail -n 1 .cache/page.log)"
echo "$hash" >$built
