#!/bin/sh
# Prints the path of Schemathesis, and installs it first where it is not there: the versions of requirements.txt, in a
# Python environment of its own below the folder of tools.
#
#     install-schemathesis.sh <folder of tools>
#
# Exit 3: there is no Python that can make an environment, and this user cannot install one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^schemathesis==//p' "$here/requirements.txt")
folder="$1/schemathesis-$version"
# Written last: without it, an installation was cut off.
marker="$folder/installed"

has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }

if [ ! -e "$marker" ]; then
  if ! has_venv; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 3
    /bin/sh "$here/../../cluster/install/apt-install.sh" python3-venv >&2
    has_venv || exit 3
  fi
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt" >&2
  touch "$marker"
fi
echo "$folder/bin/st"
