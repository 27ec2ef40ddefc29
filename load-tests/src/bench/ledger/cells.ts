/** What the ledger bench measures: one way of posting under one kind of load. Pure. */

/** One kind of load, posted in batches or row by row. */
export interface Cell {
  readonly name: string
  readonly method: Method
  /** Commands in one transaction. */
  readonly batch: number
  /** Posting at the same time, each on a connection of its own, for payers of its own. */
  readonly writers: number
  /** Who is paid; 1 is one hot account. */
  readonly merchants: number
  /** Shares of the commands, 0 to 1. */
  readonly declined: number
  readonly repeated: number
  /** Of 20 commands: 12 payments, 3 holds, 3 captures of holds and 2 refunds of payments that came before. */
  readonly isMixed?: boolean
  readonly stage: StageName
}

/**
 * `batch`: the worker's BatchPoster. `row`: a transaction of five statements a payment. `one-statement row`: the same in
 * one statement, the best that a payment alone can have.
 */
export type Method = 'batch' | 'row' | 'one-statement row'

/** `quorum`: two streaming replicas, a commit waits for one of them. `alone`: a primary without replicas. */
export type StageName = 'quorum' | 'alone'

export const HOT_ROW = 'row by row, one hot account'
export const SPREAD_ROW = 'row by row, spread'
export const HOT = 'one hot account'
export const SPREAD = 'spread, 2 writers'
export const MIXED = '20 % declined, 10 % repeated, 2 writers'
export const MOVEMENTS = '15 % holds, 15 % captures, 10 % refunds, 2 writers'

const BASE = {
  method: 'batch',
  batch: 500,
  writers: 1,
  merchants: 1000,
  declined: 0,
  repeated: 0,
  stage: 'quorum',
} as const

const cell = (name: string, changes: Partial<Cell> = {}): Cell => ({ ...BASE, name, ...changes })

/** A session a payment in flight: what a service with a pool of this size does. */
const row = (name: string, clients: number, changes: Partial<Cell> = {}): Cell =>
  cell(name, { method: 'row', batch: 1, writers: clients, ...changes })

/** The cells that have goals, and what they are compared with. */
export const goalCells = (clients: number): readonly Cell[] => [
  row(SPREAD_ROW, clients),
  row(HOT_ROW, clients, { merchants: 1 }),
  cell(HOT, { merchants: 1 }),
  cell(SPREAD, { writers: 2 }),
  cell(MIXED, { writers: 2, declined: 0.2, repeated: 0.1 }),
  cell(MOVEMENTS, { writers: 2, isMixed: true }),
]

/** One dimension at a time, from the middle. */
export const sweepCells = (clients: number): readonly Cell[] => [
  row('row by row, one statement', clients, { method: 'one-statement row' }),
  cell('spread'),
  ...[50, 100, 250, 1000].map((batch) => cell(`batches of ${batch}`, { batch })),
  cell('one hot account, 2 writers', { merchants: 1, writers: 2 }),
  ...[10, 100, 10_000].map((merchants) => cell(`${merchants} merchants`, { merchants })),
  cell('2 % declined', { declined: 0.02 }),
  cell('20 % declined', { declined: 0.2 }),
  cell('1 % repeated', { repeated: 0.01 }),
  cell('10 % repeated', { repeated: 0.1 }),
  cell('spread, no replica', { stage: 'alone' }),
  cell('one hot account, no replica', { merchants: 1, stage: 'alone' }),
  row('row by row, no replica', clients, { stage: 'alone' }),
]

/** Which row-by-row cell a cell is measured against: the same merchants' heat, the same servers. */
export function baselineOf(of: Cell, cells: readonly Cell[]): Cell | undefined {
  const rows = cells.filter(({ method, stage }) => method === 'row' && stage === of.stage)
  return rows.find(({ merchants }) => (merchants === 1) === (of.merchants === 1)) ?? rows[0]
}
