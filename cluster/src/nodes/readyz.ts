import { messageOf } from '../cluster-error.ts'
import type { NotYet } from '../wait.ts'

const PROBE_TIMEOUT_MS = 2000

/** Asks a service whether it can serve. @returns its reasons when it cannot */
export async function readyz(url: string): Promise<NotYet> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
    return answer.status === 200 ? undefined : `${answer.status} ${await answer.text()}`
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return messageOf(cause)
  }
}
