/**
 * Posts a batch of commands to the ledger in one transaction.
 *
 *     begin, advance offsets, read state → decide in memory
 *       → open accounts, update balances, payments, blocks → insert payments, entries, operations, commit
 *
 * The offsets come first: their rows' locks make two workers that hold one partition post one after the other, and a
 * batch that begins beyond the ledger's offset is refused there, so that no race at assignment skips a command.
 *
 * What is read is not locked. Debits of an account are keyed to one partition, hence to one worker, so that nothing but
 * credits should come between reading and updating. When something else does (a constraint on the available funds, a
 * payment that turns out not to be new), the transaction rolls back and the batch goes again, this time locking what it
 * reads. See docs/adr/0002 for the variants that were measured.
 */
import type { Pool, PoolClient } from 'pg'
import { NEWEST_ENTRIES } from '@paycluster/platform/cache/newest-entries'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { rollBack } from '@paycluster/platform/postgres/roll-back'
import type { DeadLetter } from '../dead-letters/dead-letter.ts'
import type { BatchCommand } from './batch-command.ts'
import { applyDecisions, type Applied } from './apply-decisions.ts'
import { decideBatch } from './decide-batch.ts'
import type { Decision } from './decisions.ts'
import { LedgerTransaction, together, type CommitPosition, type OffsetRange } from './ledger-transaction.ts'
import type { BalanceState, LedgerState, Uuid } from './ledger-state.ts'
import { recordLetters } from './letters/letter-statements.ts'
import { Outcomes } from './outcomes.ts'
import { accountIdsOf, newestEntriesOf, type BatchBalance, type PostedBatch } from './posted-batch.ts'
import { readState } from './read-state.ts'
import type { Commissions, LedgerRules } from './running-ledger.ts'
import { classify, ContentionError } from './posting-errors.ts'

/** Each further try needs another batch to have committed in between: who meets so many pauses (post-until-taken.ts). */
const MAX_TRIES = 8

const NO_LETTERS = Promise.resolve()
const NO_COMMISSIONS: Commissions = { deposit: 0, withdrawal: 0, card: 0 }

/** What to post: commands, and the pieces of the log that they are all of. */
export interface Batch {
  readonly topic: string
  readonly ranges: readonly OffsetRange[]
  readonly commands: readonly BatchCommand[]
  /** Messages that are given up, to be recorded with it. */
  readonly letters?: readonly DeadLetter[]
  /** What one of the commands is when it turns out that it cannot be posted. */
  readonly letterOf?: (command: BatchCommand, error: Error) => DeadLetter
}

/** The ledger stands before the batch: read again from these offsets. */
export interface RefusedBatch {
  readonly refused: ReadonlyMap<number, number>
}

/** Posts a batch whole, or finds that the ledger stands before it. */
export interface Poster {
  post(batch: Batch): Promise<PostedBatch | RefusedBatch>
}

/** Posts batches on connections of one pool. */
export class BatchPoster implements Poster {
  readonly #pool: Pool
  readonly #ids: IdCodec
  readonly #rules: LedgerRules

  /** @param pool  to the primary, as `payments_worker`, its sessions without hash and merge joins (primary-pool.ts) */
  constructor(pool: Pool, ids: IdCodec, commissions: Commissions = NO_COMMISSIONS) {
    this.#pool = pool
    this.#ids = ids
    this.#rules = { isIssuedTo: (prefix, id, client) => ids.isOwnedBy(prefix, id, client), commissions }
  }

  /**
   * Resolves when the batch is committed and as durable as the connection's settings demand.
   *
   * @throws what {@link classify} sorts, contention after {@link MAX_TRIES}; nothing of the batch is committed then, or,
   * after a connection lost while committing, all of it: the same batch again finds out
   */
  async post(batch: Batch): Promise<PostedBatch | RefusedBatch> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.#pool.connect()
      let broken: Error | undefined
      try {
        return await this.#try(client, batch, attempt > 1)
      } catch (error) {
        broken = await rollBack(client)
        if (classify(error) !== 'contention' || attempt === MAX_TRIES) throw error
      } finally {
        client.release(broken)
      }
    }
  }

  async #try(client: PoolClient, batch: Batch, lock: boolean): Promise<PostedBatch | RefusedBatch> {
    const { transaction, begun } = LedgerTransaction.begin(client)
    const { letters = [] } = batch
    const [, atMs, state] = await together([
      begun,
      transaction.advanceOffsets(batch.topic, batch.ranges),
      readState(transaction, batch.commands, lock),
      letters.length === 0 ? NO_LETTERS : recordLetters(transaction, letters),
    ])
    if (atMs === undefined) {
      await transaction.rollback()
      return this.#refuse(client, batch)
    }
    const decisions = decideBatch(batch.commands, state, this.#rules, atMs)
    const { applied, position } = await applyDecisions(transaction, state, decisions, atMs)
    return this.#toPosted(state, decisions, applied, position)
  }

  async #refuse(client: PoolClient, { topic, ranges }: Batch): Promise<PostedBatch | RefusedBatch> {
    const partitions = ranges.map((range) => range.partition)
    const offsets = await LedgerTransaction.readOffsets(client, topic, partitions)
    const beyond = ranges.filter((range) => range.firstOffset > (offsets.get(range.partition) ?? 0))
    // Only rows that were missing: they are there now.
    if (beyond.length === 0) throw new ContentionError('the offsets of a partition were new')
    return { refused: new Map(beyond.map(({ partition }) => [partition, offsets.get(partition) ?? 0])) }
  }

  #toPosted(
    state: LedgerState,
    decisions: readonly Decision[],
    applied: Applied,
    position: CommitPosition,
  ): PostedBatch {
    return {
      position,
      outcomes: new Outcomes(this.#ids, applied).of(decisions),
      balances: this.#toBalances(state, decisions, applied),
    }
  }

  /** Of all accounts that were named, also by repeated commands: their cache entries may have been lost with a worker. */
  #toBalances(state: LedgerState, decisions: readonly Decision[], applied: Applied): BatchBalance[] {
    const { effects, updated, laid } = applied
    const known = new Map<Uuid, Pick<BalanceState, 'client' | 'currency' | 'posted' | 'held' | 'version'>>(
      state.balances,
    )
    for (const decision of decisions) {
      if (decision.kind !== 'account') continue
      const { client, currency } = decision.account.command
      known.set(decision.account.id, { client, currency, posted: 0, held: 0, version: 0 })
    }
    effects.forEach(({ account }, index) => {
      const before = known.get(account)
      const after = updated[index]
      if (before !== undefined && after !== undefined) known.set(account, { ...before, ...after })
    })
    const accountIds = accountIdsOf(this.#ids, decisions, (account, id) => {
      const balance = known.get(account)
      return balance !== undefined && this.#ids.isOwnedBy('acc', id, balance.client)
    })
    const added = new Map(effects.map((effect) => [effect.account, effect.entries]))
    const newest = newestEntriesOf(laid, NEWEST_ENTRIES)
    return [...known].flatMap(([account, { client, currency, posted, held, version }]) => {
      const accountId = accountIds.get(account)
      // Named by a wrong id alone: nothing of it has changed.
      if (accountId === undefined) return []
      return {
        accountId,
        owner: client,
        currency,
        posted,
        held,
        version,
        added: added.get(account) ?? 0,
        newest: newest.get(account) ?? [],
      }
    })
  }
}
