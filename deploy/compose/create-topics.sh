#!/bin/bash
# Makes the topics that are missing. Partitions and retention are those of the native cluster (cluster/src/kafka/topics.ts).
set -euo pipefail

create() {
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$KAFKA_BROKERS" --create --if-not-exists \
    --topic "$1" --partitions "$2" --replication-factor 1 --config "retention.ms=$(($3 * 86400000))"
}

create payment.commands 12 7
create payment.events 12 7
create payment.commands.dlq 1 30
