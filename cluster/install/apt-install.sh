#!/bin/sh
# Installs Debian packages without starting or enabling a service of theirs.
#
#   apt-install.sh PACKAGE[|ALTERNATIVE]...      as root; only packages that are not installed yet
#
# Packages start their servers on default ports (6379, 80) when they are installed. policy-rc.d forbids it for as long as
# this runs; a policy that is there already is put back afterwards, also when this fails or is interrupted.
set -eu

policy=/usr/sbin/policy-rc.d
saved=$policy.saved.$$

restore() {
  if [ -e "$saved" ]; then mv -f "$saved" "$policy"; else rm -f "$policy"; fi
}
if [ -e "$policy" ]; then cp -p "$policy" "$saved"; fi
trap restore EXIT
trap 'exit 130' INT TERM HUP
printf '#!/bin/sh\nexit 101\n' >"$policy.new"
chmod 755 "$policy.new"
mv -f "$policy.new" "$policy"

# The first of a|b|c that this release has.
first_available() {
  for name in $(printf '%s' "$1" | tr '|' ' '); do
    if apt-cache show "$name" >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  printf '%s\n' "${1%%|*}"
}

export DEBIAN_FRONTEND=noninteractive
# One repository of several may be out of reach; whether that matters shows in the installation.
apt-get update || true
packages=
for wanted in "$@"; do packages="$packages $(first_available "$wanted")"; done
# shellcheck disable=SC2086 # words are wanted
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $packages

# They would start at the next boot.
for package in $packages; do
  case $package in
    redis-server | nginx)
      deb-systemd-helper disable "$package.service" >/dev/null 2>&1 || true
      update-rc.d "$package" disable >/dev/null 2>&1 || true
      ;;
  esac
done
