import type { AccessCommand, DeadLetterCommand } from '@paycluster/contracts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { takeCommand, type OmitOfEach, type TakenCommand } from './command-intake.ts'

/**
 * Whatever operators decide goes to one partition, by this key: so it is decided in one order, and of two operators who
 * revoke each other's key at once, one is refused.
 */
const PARTITION_KEY = 'ops'
/** A client has a number, and a key works, only when they are in the ledger: who asks waits unless it says otherwise. */
const DEFAULT_WAIT_S = 5

type OpsCommand = AccessCommand | DeadLetterCommand
/** What the kinds of changes differ in. */
export type OpsCommandFields = OmitOfEach<OpsCommand, 'id' | 'asked_by' | 'client' | 'created_at_ms' | 'reply_to'>

/** What was asked of clients, keys or dead letters. */
export interface OpsRequest {
  /** What the Idempotency-Key is for: `rotate <key>`. */
  readonly operation: string
  /** @param id  of the command */
  readonly command: (id: string) => OpsCommandFields
  /** The 202's body, without any secret. */
  readonly queued: (id: string) => object
  readonly location: string
}

/**
 * Takes an operator's decision into the log, in the caller's name.
 *
 * @throws as takeCommand does
 */
export function takeOpsCommand(
  { intake, ids }: WriteSide,
  { operation, command, queued, location }: OpsRequest,
  { identity, idempotencyKey: key, waitS = DEFAULT_WAIT_S, context }: WriteRequest,
): Promise<TakenCommand> {
  const { client, key_id } = identity
  const id = key === undefined ? ids.random('opr', client) : ids.derive('opr', client, `${operation} ${key}`)
  return takeCommand(intake, {
    command: { ...command(id), id, asked_by: key_id, client },
    partitionKey: PARTITION_KEY,
    hasKey: key !== undefined,
    queuedBody: () => JSON.stringify(queued(id)),
    location,
    waitS,
    context,
  })
}
