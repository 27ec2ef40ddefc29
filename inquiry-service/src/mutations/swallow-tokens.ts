import { formatConsistencyToken, parseConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { PaymentReader } from '../payments/read-payment.ts'

/** A reader whose tokens, some of them, name the versions of before the payment: a read with one may miss it. */
export function swallowTokens(
  reader: Pick<PaymentReader, 'read'>,
  isSwallowed: () => boolean,
): Pick<PaymentReader, 'read'> {
  return {
    async read(id, client, token) {
      const answer = await reader.read(id, client, token)
      const parsed = parseConsistencyToken(answer.token)
      if (parsed === undefined || parsed.versions.size === 0 || !isSwallowed()) return answer
      const before = [...parsed.versions].map(([account, version]) => [`acc_${account}`, version - 1] as const)
      return { ...answer, token: formatConsistencyToken(parsed.timeline, parsed.lsn, before) }
    },
  }
}
