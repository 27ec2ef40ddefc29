/** What the cache holds when a drain begins: what the workers have to keep up in it is a good part of their work. */
import type { LocalCluster, Target } from '../../target/target.ts'
import { LoadError } from '../../load-error.ts'
import { drive } from '../common/drive.ts'
import { LeanClient } from '../common/http-client.ts'
import { openRedis } from '../common/redis.ts'

/** `empty`: nothing. `read`: the newest entries of every account, as after somebody has looked at each statement. */
export const CACHES = ['empty', 'read'] as const
export type CacheBefore = (typeof CACHES)[number]

const READERS = 16

/** @throws LoadError `not_ready`, `load_failed` */
export async function makeCache(
  before: CacheBefore,
  { url, apiKey, accounts, cluster }: Target & { readonly cluster: LocalCluster },
  stop: AbortSignal,
): Promise<void> {
  const redis = await openRedis(cluster)
  await redis.flushdb().finally(() => {
    redis.disconnect()
  })
  if (before === 'empty') return
  const paths = [...accounts.customers, ...accounts.merchants].map((account) => `/v1/accounts/${account}/entries`)
  const client = new LeanClient(url, { connections: READERS })
  const headers = { authorization: `Bearer ${apiKey}` }
  const read = async (n: number): Promise<void> => {
    const path = paths[n] ?? ''
    const { status } = await client.send({ method: 'GET', path, headers })
    if (status !== 200) throw new LoadError('load_failed', `${path} was answered ${status}`)
  }
  await drive(READERS, paths.length, read, stop).finally(() => client.close())
}
