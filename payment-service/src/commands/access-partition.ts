/**
 * Whatever changes who may call goes to one partition, by this key: so it is decided in one order, and of two operators
 * who revoke each other's key at once, one is refused.
 */
export const ACCESS_PARTITION_KEY = 'ops'
