import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CommitPosition } from '../posting/ledger-transaction.ts'
import type { CommandOutcome, PostedBatch } from '../posting/posted-batch.ts'

/** An outcome with what several parts of a publication write of it, written once. */
export interface WrittenOutcome {
  readonly outcome: CommandOutcome
  /** The payment, account, client or key in the form of the API; empty for a command of which the ledger holds nothing. */
  readonly json: string
  /** The consistency token. */
  readonly token: string
}

/** Of commands that came several times in one batch, the first: the others came to the same. */
export function writeOutcomes({ outcomes, position }: PostedBatch): WrittenOutcome[] {
  const seen = new Set<string>()
  const written: WrittenOutcome[] = []
  for (const outcome of outcomes) {
    const { id } = outcome.command.command
    if (seen.has(id)) continue
    seen.add(id)
    written.push({ outcome, json: jsonOf(outcome), token: tokenOf(outcome, position) })
  }
  return written
}

function jsonOf(outcome: CommandOutcome): string {
  if (outcome.type === 'refused') return ''
  if (outcome.type === 'limits') return JSON.stringify(outcome.limits)
  if (outcome.type === 'access') return JSON.stringify(outcome.object)
  if (outcome.type === 'letter') return JSON.stringify(outcome.letter)
  return JSON.stringify(outcome.type === 'account' ? outcome.account : outcome.payment)
}

/**
 * With the versions of the accounts where all of them are one client's: of another's they would tell how much it pays and
 * is paid. The position in the log stands for them, too.
 */
function tokenOf(outcome: CommandOutcome, { timeline, lsn }: CommitPosition): string {
  const isOneClients = 'sequences' in outcome && outcome.owners.length === 1 && outcome.payment.bank === undefined
  return formatConsistencyToken(timeline, lsn, isOneClients ? outcome.sequences : [])
}
