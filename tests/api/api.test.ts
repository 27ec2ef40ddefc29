/**
 * What clients and operators have of a cluster, by HTTP, by the client library and by command. Keys that are used after
 * their end come last: who tries too many is held off by his address, and so is everybody there.
 */
import './contract.ts'
import './client.ts'
import './ops-command.ts'
import './access.ts'
