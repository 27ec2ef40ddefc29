/** What of a run's evidence can be judged with the target at hand: both reads of its accounts, and the judgement. */
import { messageOf } from '@paycluster/cluster/cluster-error'
import { LoadError } from '../load-error.ts'
import type { RunFolder } from '../run-folder.ts'
import type { Target } from '../target/target.ts'
import type { AccountState } from './account-book.ts'
import { judgeEvidence, type EvidenceVerdict } from './judge-evidence.ts'
import { openLedger, readBalances } from './open-ledger.ts'
import type { RunTimes } from './stray-payments.ts'

/** By address alone, two requests an account; those of a file may be any number. */
const MAX_ACCOUNTS_BY_API = 10_000

/** The accounts before a run. */
export interface Before {
  readonly balances: ReadonlyMap<string, AccountState>
  /** Why some are left out. */
  readonly note: string | undefined
}

/**
 * Reads the run's accounts before anything of it is posted.
 *
 * @throws LoadError `unreachable`
 */
export async function readBefore(target: Target): Promise<Before> {
  const ledger = openLedger(target)
  const { merchants, customers } = target.accounts
  const all = [...new Set([...merchants, ...customers])]
  const accounts = ledger.source === 'API' ? all.slice(0, MAX_ACCOUNTS_BY_API) : all
  try {
    const balances = await readBalances(ledger, accounts)
    const left = all.length - balances.size
    return { balances, note: left === 0 ? undefined : `${left} accounts not compared: not read before the run` }
  } catch (cause) {
    throw new LoadError('unreachable', `the run’s accounts cannot be read: ${messageOf(cause)}`, { cause })
  } finally {
    await ledger.close()
  }
}

/** @returns why not, when nothing could be judged: the figures of the load are told all the same */
export async function judgeRun(
  target: Target,
  folder: Pick<RunFolder, 'accepted' | 'violations'>,
  before: Before,
  times: RunTimes,
): Promise<EvidenceVerdict | string> {
  const ledger = openLedger(target)
  const files = { record: folder.accepted, violations: folder.violations }
  try {
    const verdict = await judgeEvidence(files, ledger, before.balances, times)
    return before.note === undefined ? verdict : { ...verdict, notes: [...verdict.notes, before.note] }
  } catch (error) {
    return `what the clients saw was not judged: ${messageOf(error)}`
  } finally {
    await ledger.close()
  }
}
