import { ActSender } from '../sending/act-sender.ts'
import type { Target } from '../sending/target.ts'
import type { RunFolder } from './run-folder.ts'

/**
 * Unblocks what a run has left blocked whose process was killed.
 *
 * @returns accounts that are still blocked
 */
export async function unblockLeft(folder: RunFolder, target: Target): Promise<string[]> {
  const accounts = folder.leftBlocked()
  const runId = folder.read()?.id ?? 'run'
  const sender = new ActSender({ target, runId, seed: 0, signal: new AbortController().signal })
  const still: string[] = []
  for (const account of accounts) {
    const { outcome } = await sender.unblock(account, `${runId}-left-${account}-${Date.now()}`)
    if (outcome !== 'done') still.push(account)
  }
  if (accounts.length > 0) folder.saveBlocked(still)
  return still
}
