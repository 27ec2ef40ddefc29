#!/bin/sh
# Finds Docker Compose v2 or later, or builds it from its Go module; prints the command.
# `config` needs no Docker engine. Exits 3 when there is neither Compose nor Go.
set -eu

version=v5.0.2
root=$(cd "$(dirname "$0")/../.." && pwd)
built=$root/.tools/docker-compose-$version

if docker compose version >/dev/null 2>&1; then
  echo 'docker compose'
  exit 0
fi
if [ ! -x "$built" ]; then
  if ! command -v go >/dev/null; then
    echo 'neither Docker Compose nor Go is on this machine' >&2
    exit 3
  fi
  echo "building Docker Compose $version, about a minute" >&2
  folder=$(mktemp -d "${TMPDIR:-/tmp}/compose.XXXXXX")
  trap 'rm -rf "$folder"' EXIT
  GOBIN=$folder go install "github.com/docker/compose/v5/cmd@$version" >&2
  mkdir -p "$root/.tools"
  mv "$folder/cmd" "$built.$$"
  mv "$built.$$" "$built"
fi
echo "$built"
