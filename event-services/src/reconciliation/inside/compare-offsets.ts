/**
 * Kafka's offsets against the ledger's: the log has what the ledger has posted, and what the group says that it has
 * published, the ledger has posted.
 */
import type { Admin } from 'kafkajs'
import type { Pool } from 'pg'
import { z } from 'zod'
import { COMMANDS_TOPIC, WORKER_GROUP } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { committedOffsets, partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import type { Finding } from '../differences/finding.ts'
import type { Checked, RunContext } from '../runs/check.ts'

const READ_OFFSETS = {
  name: 'read-ledger-offsets',
  text: 'SELECT partition, next_offset::float8 AS next FROM ledger_offsets WHERE topic = $1 ORDER BY partition',
}
/** What was posted so long ago is published, unless nobody does it. */
const PUBLISHING_MS = 60_000

const watermarkSchema = z.object({ at_ms: z.number(), posted: z.record(z.string(), z.number()) })

export interface OffsetComparisonParts {
  readonly pool: Pool
  /** Connected. */
  readonly admin: () => Promise<Pick<Admin, 'fetchTopicOffsets' | 'fetchOffsets'>>
  readonly clock: Clock
}

export class OffsetComparison {
  readonly #parts: OffsetComparisonParts

  constructor(parts: OffsetComparisonParts) {
    this.#parts = parts
  }

  async check({ watermark, findings }: RunContext): Promise<Checked> {
    const { pool, clock } = this.#parts
    const admin = (await this.#parts.admin()) as Admin
    // In this order none runs ahead of the one that it follows: the group of the ledger, the ledger of the log.
    const committed = await committedOffsets(admin, WORKER_GROUP, COMMANDS_TOPIC)
    const { rows } = await pool.query<{ partition: number; next: number }>({
      ...READ_OFFSETS,
      values: [COMMANDS_TOPIC],
    })
    const posted = new Map(rows.map(({ partition, next }) => [partition, next]))
    const ranges = await partitionRanges(admin, COMMANDS_TOPIC)
    const before = watermarkSchema.safeParse(watermark).data
    const nowMs = clock.now()
    for (const { partition, low, high } of ranges) {
      const next = posted.get(partition) ?? 0
      const published = committed.get(partition) ?? 0
      const finding = (kind: Finding['kind'], expected: string, found: string): void => {
        findings.add({ kind, subject: `${COMMANDS_TOPIC} ${partition}`, expected, found })
      }
      if (next > high) finding('log_truncated', `posted up to ${next}`, `the log ends at ${high}`)
      if (next < low) finding('commands_lost', `posted up to ${next}`, `the log begins at ${low}`)
      if (published > next) finding('published_unposted', `posted up to ${next}`, `published up to ${published}`)
      const due = before !== undefined && nowMs - before.at_ms >= PUBLISHING_MS ? before.posted[partition] : undefined
      if (due !== undefined && published < due)
        finding('unpublished', `published up to ${due}`, `published up to ${published}`)
    }
    const isNew = before === undefined || nowMs - before.at_ms >= PUBLISHING_MS
    return {
      checked: ranges.length,
      isRechecked: () => true,
      ...(isNew ? { watermark: { at_ms: nowMs, posted: Object.fromEntries(posted) } } : {}),
    }
  }
}
