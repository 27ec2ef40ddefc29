#!/bin/bash
# Starts a streaming replica: copies the primary when there is no data yet, or when the primary has dropped WAL that this
# replica still needed; otherwise goes on where it stopped. Runs as `postgres`.
#
#   PGDATA                 data folder; its parent must be writable
#   PRIMARY_HOST           the primary
#   REPLICATION_SLOT       the slot, which is also the name in synchronous_standby_names
#   REPLICATOR_PASSWORD    of the role `replicator`
#   arguments              further arguments of `postgres`
set -euo pipefail

primary="host=$PRIMARY_HOST port=${PRIMARY_PORT:-5432} user=replicator application_name=$REPLICATION_SLOT connect_timeout=5"
# Not on a command line, where every process list shows it.
export PGPASSFILE=${TMPDIR:-/tmp}/replica.pgpass
(umask 077 && printf '*:*:*:replicator:%s\n' "${REPLICATOR_PASSWORD//[\\:]/\\&}" >"$PGPASSFILE")
copy=$PGDATA.copy

on_primary() { psql "$primary dbname=postgres replication=true" --no-psqlrc --tuples-only --no-align --command "$1"; }

# `reserved`, `lost` (the slot exists but keeps nothing: its WAL is gone), `missing`, or `unknown` (the primary is away).
slot_state() {
  local slot
  slot=$(on_primary "READ_REPLICATION_SLOT $REPLICATION_SLOT" 2>/dev/null) || { echo unknown; return; }
  case $slot in
    physical\|?*\|*) echo reserved ;;
    physical*) echo lost ;;
    *) echo missing ;;
  esac
}

make_slot() {
  on_primary "CREATE_REPLICATION_SLOT $REPLICATION_SLOT PHYSICAL RESERVE_WAL" >/dev/null
}

copy_primary() {
  echo "replica: copying the primary at $PRIMARY_HOST"
  rm -rf "$copy"
  # Streamed through the slot: nothing that is written meanwhile can be missing.
  pg_basebackup --dbname "$primary" --pgdata "$copy" --wal-method=stream --slot "$REPLICATION_SLOT" \
    --checkpoint=fast --no-password
  chmod 700 "$copy"
  # Only a complete copy gets the name.
  rm -rf "$PGDATA"
  mkdir -p "$(dirname "$PGDATA")"
  mv "$copy" "$PGDATA"
}

state=$(slot_state)
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  until [ "$state" != unknown ]; do
    echo "replica: waiting for the primary at $PRIMARY_HOST"
    sleep 1
    state=$(slot_state)
  done
  if [ "$state" = lost ]; then on_primary "DROP_REPLICATION_SLOT $REPLICATION_SLOT" >/dev/null; fi
  if [ "$state" != reserved ]; then make_slot; fi
  copy_primary
elif [ "$state" = lost ] || [ "$state" = missing ]; then
  echo "replica: slot $REPLICATION_SLOT is $state"
  if [ "$state" = lost ]; then on_primary "DROP_REPLICATION_SLOT $REPLICATION_SLOT" >/dev/null; fi
  make_slot
  copy_primary
fi

touch "$PGDATA/standby.signal"
rm -f "$PGDATA/postmaster.pid"
exec postgres -D "$PGDATA" \
  -c "primary_conninfo=$primary passfile=$PGPASSFILE" \
  -c "primary_slot_name=$REPLICATION_SLOT" \
  -c synchronous_standby_names= \
  "$@"
