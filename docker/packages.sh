# Sourced by the scripts beside it: how they fail, and how they install Debian packages.

die() {
    echo "$(basename "$0"): $*" >&2
    exit 2
}

may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# install_packages NAME...: once as apt is, once more with fresh package lists.
install_packages() {
    echo "$(basename "$0"): installing $* (apt-get)"
    apt_install "$@" >/dev/null 2>&1 && return
    apt-get update -qq >&2 || die "apt-get update failed; see above"
    apt_install "$@" >/dev/null || die "apt-get could not install $*; see above"
}

# Without systemd a package's own start script would start its daemon behind our back: RUNLEVEL=1 forbids it.
apt_install() {
    local runlevel=()
    [ -d /run/systemd/system ] || runlevel=(RUNLEVEL=1)
    env DEBIAN_FRONTEND=noninteractive "${runlevel[@]}" \
        apt-get install -y -qq -o DPkg::Lock::Timeout=120 "$@" </dev/null 9>&-
}
