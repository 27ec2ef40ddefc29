/** Kafka's topics and the one consumer group that writes. */
export const COMMANDS_TOPIC = 'payment.commands'
export const EVENTS_TOPIC = 'payment.events'
export const COMMANDS_DLQ_TOPIC = 'payment.commands.dlq'
export const WORKER_GROUP = 'payment-worker'

/** Partitions at creation. 12 divides evenly over 1, 2, 3, 4, 6 and 12 workers. */
export const TOPIC_PARTITIONS = 12
