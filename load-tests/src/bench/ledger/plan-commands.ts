/** The commands of one cell, made before its clock starts, and what the ledger must hold when all are posted. Pure. */
import type { PaymentCommand, PaymentOperationCommand } from '@paycluster/contracts'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import {
  toBatchPayment,
  type BatchCommand,
  type BatchOperation,
  type BatchPayment,
} from 'payment-worker/posting/batch-command'
import type { Cell } from './cells.ts'

/** Who may pay and be paid, by the ids of the API. */
export interface Cast {
  readonly client: number
  readonly customers: readonly string[]
  readonly merchants: readonly string[]
}

/** What a cell does to one account. */
export interface AccountEffect {
  /** Signed minor units. */
  delta: number
  entries: number
}

/** What the ledger must hold of a cell. */
export interface Expectation {
  readonly commands: number
  /** With an id of their own, held ones included. */
  readonly payments: number
  readonly succeeded: number
  readonly declined: number
  readonly repeated: number
  /** Captures and refunds, which all succeed. */
  readonly operations: number
  /** By the ledger's account id, 32 hexadecimal digits. */
  readonly effects: ReadonlyMap<string, AccountEffect>
}

export interface CellPlan {
  /** A list of batches for each writer. */
  readonly writers: readonly (readonly (readonly BatchCommand[])[])[]
  readonly expected: Expectation
}

const AMOUNT_MINOR = 1
/** More than any customer has. */
const TOO_MUCH_MINOR = 1_000_000_000_000
const FINGERPRINT = '0123456789abcdef'.repeat(2)

interface Running {
  succeeded: number
  declined: number
  repeated: number
  operations: number
  readonly effects: Map<string, AccountEffect>
}

/**
 * @param run  begins every idempotency key: no two cells of a run may share it
 * @param count  commands in all, repeated ones included; rounded up to whole batches
 */
export function planCell(codec: IdCodec, cast: Cast, cell: Cell, run: string, count: number, nowMs: number): CellPlan {
  const running: Running = { succeeded: 0, declined: 0, repeated: 0, operations: 0, effects: new Map() }
  const batches = Math.ceil(count / (cell.batch * cell.writers))
  const draw = drawsOf(run)
  const writers = Array.from({ length: cell.writers }, (_, writer) => {
    const pay = (n: number, holdSeconds?: number): BatchPayment =>
      newPayment(codec, cast, cell, { key: `${run}-${writer}-${n}`, writer, n, nowMs, holdSeconds }, draw, running)
    const make = cell.isMixed === true ? mixer(codec, cast, pay, running) : pay
    return planWriter(cell, batches, make, running)
  })
  const { succeeded, declined, repeated, operations, effects } = running
  const payments = succeeded + declined
  const commands = payments + repeated + operations
  return { writers, expected: { commands, payments, succeeded, declined, repeated, operations, effects } }
}

/** Every batch but the first begins with the end of the one before it: a log that is read again. */
function planWriter(
  cell: Cell,
  batches: number,
  make: (n: number) => BatchCommand,
  running: Running,
): readonly (readonly BatchCommand[])[] {
  const planned: (readonly BatchCommand[])[] = []
  let made = 0
  for (let index = 0; index < batches; index++) {
    const again = Math.floor(cell.batch * cell.repeated)
    const repeated = again === 0 ? [] : (planned.at(-1)?.slice(-again) ?? [])
    running.repeated += repeated.length
    const fresh = Array.from({ length: cell.batch - repeated.length }, () => make(made++))
    planned.push([...repeated, ...fresh])
  }
  return planned
}

/** Of 20 commands in a row: payment, hold, capture, refund. */
const MIX = 'pphpcprphpcpprphpcpp'
const HOLD_SECONDS = 86_400
/** As many wait before the first of them is captured or refunded: batches before, as it is in life. */
const MIN_WAITING = 200
const oldest = (waiting: BatchPayment[]): BatchPayment | undefined =>
  waiting.length > MIN_WAITING ? waiting.shift() : undefined

/**
 * Payments, and what is asked of those that came before, in turn; where there is none yet, another payment.
 *
 * @param pay  makes the payment of a place, held or not
 */
function mixer(
  codec: IdCodec,
  { client }: Cast,
  pay: (n: number, holdSeconds?: number) => BatchPayment,
  running: Running,
): (n: number) => BatchCommand {
  const paid: BatchPayment[] = []
  const held: BatchPayment[] = []
  const operate = (type: 'payment.capture' | 'refund.create', of: BatchPayment): BatchOperation => {
    const prefix = type === 'refund.create' ? 'ref' : 'opr'
    const id = codec.derive(prefix, client, of.command.id)
    const command: PaymentOperationCommand = {
      type,
      id,
      payment: of.command.id,
      client,
      fingerprint: FINGERPRINT,
      created_at_ms: of.command.created_at_ms,
    }
    const sign = type === 'refund.create' ? -1 : 1
    add(running.effects, of.source, -sign * AMOUNT_MINOR)
    add(running.effects, of.destination, sign * AMOUNT_MINOR)
    running.operations++
    return { type: 'operation', command, id: idToUuid(id), payment: of.id }
  }
  return (n) => {
    const turn = MIX[n % MIX.length]
    const target = turn === 'c' ? oldest(held) : turn === 'r' ? oldest(paid) : undefined
    if (target !== undefined) return operate(turn === 'c' ? 'payment.capture' : 'refund.create', target)
    const payment = turn === 'h' ? pay(n, HOLD_SECONDS) : pay(n)
    const made = turn === 'h' ? held : paid
    made.push(payment)
    return payment
  }
}

interface Place {
  readonly key: string
  readonly writer: number
  /** How many payments the writer has made before. */
  readonly n: number
  readonly nowMs: number
  /** Undefined for a payment that is not held. */
  readonly holdSeconds: number | undefined
}

function newPayment(
  codec: IdCodec,
  { client, customers, merchants }: Cast,
  cell: Cell,
  { key, writer, n, nowMs, holdSeconds }: Place,
  draw: () => number,
  running: Running,
): BatchPayment {
  // As the log's partitions do: all debits of an account are one writer's.
  const payers = Math.floor((customers.length - writer - 1) / cell.writers) + 1
  const source = customers[writer + cell.writers * Math.floor(draw() * payers)] ?? ''
  const destination = merchants[Math.floor(draw() * Math.min(cell.merchants, merchants.length))] ?? ''
  const isDeclined = isNth(n, cell.declined)
  const command: PaymentCommand = {
    type: 'payment.create',
    id: codec.derive('pay', client, key),
    source,
    destination,
    amount: isDeclined ? TOO_MUCH_MINOR : AMOUNT_MINOR,
    currency: 'USD',
    client,
    fingerprint: FINGERPRINT,
    created_at_ms: nowMs,
    ...(holdSeconds === undefined ? {} : { hold_seconds: holdSeconds }),
  }
  const payment = toBatchPayment(command)
  if (isDeclined) running.declined++
  else {
    running.succeeded++
    add(running.effects, payment.source, holdSeconds === undefined ? -AMOUNT_MINOR : 0)
    if (holdSeconds === undefined) add(running.effects, payment.destination, AMOUNT_MINOR)
  }
  return payment
}

function add(effects: Map<string, AccountEffect>, account: string, amount: number): void {
  const effect = effects.get(account) ?? { delta: 0, entries: 0 }
  effect.delta += amount
  effect.entries += 1
  effects.set(account, effect)
}

/** True for exactly `share` of all n, evenly spread. */
export const isNth = (n: number, share: number): boolean => Math.floor((n + 1) * share) > Math.floor(n * share)

/** mulberry32: the same cell draws the same accounts on every machine. */
function drawsOf(seed: string): () => number {
  let state = 0
  for (const character of seed) state = (Math.imul(state, 31) + character.charCodeAt(0)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
