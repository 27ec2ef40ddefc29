/** Kafka's topics, the one consumer group that writes, and those that listen. */
export const COMMANDS_TOPIC = 'payment.commands'
export const EVENTS_TOPIC = 'payment.events'
export const COMMANDS_DLQ_TOPIC = 'payment.commands.dlq'
export const WORKER_GROUP = 'payment-worker'
/** The group that keeps the audit log. */
export const AUDIT_GROUP = 'audit'
/** The group that tells clients. */
export const WEBHOOKS_GROUP = 'webhooks'
/** The group that raises alerts. */
export const ALERTS_GROUP = 'alerts'

/** The group that counts. */
export const ANALYTICS_GROUP = 'analytics'

/**
 * The largest record batch of `payment.commands.dlq`, in bytes: whatever the log took (1 MiB), and the headers that say why
 * it is dead.
 */
export const DLQ_MAX_MESSAGE_BYTES = 2 * 1024 * 1024

/** Partitions at creation. 12 divides evenly over 1, 2, 3, 4, 6 and 12 workers. */
export const TOPIC_PARTITIONS = 12
