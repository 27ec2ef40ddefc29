import { refundKey } from '@paycluster/platform/cache/cache-keys'
import { formatConsistencyToken, type ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { parseLsn } from '@paycluster/platform/consistency/lsn'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../answers/answer.ts'
import { queuedBody, type IdempotencyRecords } from '../queued/idempotency-records.ts'
import { foundAnswer } from '../reads/found-answer.ts'
import { ObjectReader, type ObjectKind, type ReaderParts } from '../reads/object-reader.ts'
import { ownersOf, toRefund, type RefundRow } from './refund-row.ts'

const READ_REFUNDS = { name: 'read-refunds', text: loadText(import.meta.url, './read-refunds.sql') }

/** Reads refunds. */
export class RefundReader {
  readonly #objects: ObjectReader<RefundRow>
  readonly #ids: IdCodec
  readonly #records: IdempotencyRecords

  constructor(parts: ReaderParts, ids: IdCodec, records: IdempotencyRecords) {
    this.#objects = new ObjectReader(parts, createRefundKind(ids))
    this.#ids = ids
    this.#records = records
  }

  /**
   * One refund, for who asked for it and for both sides of its payment. An id that was issued to the caller and is not in
   * the ledger is `queued`.
   *
   * @throws ProblemError `not_found` (404), never for an id of the caller's own · `replica_lag`, `unavailable`,
   * `overloaded` (503)
   */
  async read(id: string, client: number, token: ConsistencyToken | undefined): Promise<Answer> {
    if (!this.#ids.isIssued('ref', id)) throw noSuchRefund()
    const object = await this.#objects.read(id, token)
    if (object.entry !== undefined) {
      // Whoever did not ask for it cannot check the owner's tag: an id with another one names no refund.
      if (object.entry.key !== refundKey(id) || !object.entry.owners.includes(client)) throw noSuchRefund()
      return foundAnswer(object)
    }
    if (!this.#ids.isOwnedBy('ref', id, client)) throw noSuchRefund()
    const { name, timeline, lsn, asOfMs } = object.source
    const body = queuedBody(id, await this.#records.findIfAny(id))
    return { body, source: name, asOfMs, etag: '0', token: formatConsistencyToken(timeline, lsn, []) }
  }
}

function createRefundKind(ids: IdCodec): ObjectKind<RefundRow> {
  return {
    versions: 'revisions',
    query: { ...READ_REFUNDS, keyOf: (row) => row.id },
    cacheKey: refundKey,
    toEntry: (row, { timeline, lsn, asOfMs }) => {
      const refund = toRefund(ids, row)
      return {
        key: refundKey(refund.id),
        version: refund.version,
        timeline,
        lsn,
        asOfMs,
        owners: ownersOf(row),
        token: formatConsistencyToken(timeline, parseLsn(row.lsn), []),
        json: JSON.stringify(refund),
      }
    },
  }
}

const noSuchRefund = (): ProblemError => new ProblemError('not_found', 'There is no such refund.')
