/** What the bench reads, and through which door: cached, unchanged, a page, not cached; and what bounds each. */
import { balanceKey, newestEntriesKey } from '@paycluster/platform/cache/cache-keys'
import { LoadError } from '../../load-error.ts'
import { drive, driveInParts } from '../common/drive.ts'
import type { LeanAnswer } from '../common/http-client.ts'
import type { Way } from '../common/ways.ts'
import type { Door, ReadStage } from './read-stage.ts'

export const NGINX_ALONE = 'Nginx alone'
export const REDIS_ALONE = 'Redis alone'
export const HIT = 'cache hit, through Nginx'
export const IDLE = 'cache hit, one idle client'

/** One client reads a tenth of what many do, in the same time. */
const IDLE_SHARE = 10

export interface ReadLoad {
  readonly customers: readonly string[]
  readonly concurrency: number
  /** Reads of a way in one round. */
  readonly reads: number
  readonly stop: AbortSignal
}

const balancePath = (account: string): string => `/v1/accounts/${account}/balance`
const statementPath = (account: string): string => `/v1/accounts/${account}/entries`

/** A customer after the other, from an instance after the other. @throws LoadError `load_failed` for another answer */
async function read(
  door: Door,
  path: string,
  n: number,
  isExpected: (answer: LeanAnswer) => boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<LeanAnswer> {
  const headers = { ...door.headers, ...more }
  const answer = await door.clients[n % door.clients.length]?.send({ method: 'GET', path, headers })
  if (answer !== undefined && isExpected(answer)) return answer
  const from = String(answer?.headers['x-data-source'] ?? 'nowhere')
  throw new LoadError('load_failed', `${path} ${door.name} was answered ${answer?.status ?? 0} from ${from}`)
}

const isAnswer = ({ status }: LeanAnswer): boolean => status === 200
const isHit = ({ status, headers }: LeanAnswer): boolean => status === 200 && headers['x-data-source'] === 'cache'
const isMiss = ({ status, headers }: LeanAnswer): boolean => status === 200 && headers['x-data-source'] !== 'cache'
const isUnchanged = ({ status }: LeanAnswer): boolean => status === 304

/** Bytes of a balance, as the gateway answers it. */
export const balanceBytes = async ({ gateway }: Pick<ReadStage, 'gateway'>, account: string): Promise<number> =>
  (await read(gateway, balancePath(account), 0, isAnswer)).bytes

export function readWays(stage: ReadStage, load: ReadLoad): Way[] {
  const { sockets, gateway, bare } = stage
  return [
    ...(bare === undefined ? [] : [nginxAlone(bare, load)]),
    redisAlone(stage, load),
    ...waysThrough(gateway, NGINX_ALONE, stage, load),
    ...waysThrough(sockets, REDIS_ALONE, stage, load),
    {
      name: IDLE,
      makeReady: () => warm(stage, gateway, balancePath, load),
      drive: () => {
        const { customers, reads, stop } = load
        const send = (n: number) => read(gateway, balancePath(customers[n % customers.length] ?? ''), n, isHit)
        return drive(1, Math.ceil(reads / IDLE_SHARE), send, stop)
      },
    },
  ]
}

const nginxAlone = ({ client }: NonNullable<ReadStage['bare']>, { concurrency, reads, stop }: ReadLoad): Way => ({
  name: NGINX_ALONE,
  drive: () => drive(concurrency, reads, () => client.send({ method: 'GET', path: '/', headers: {} }), stop),
})

const redisAlone = (stage: ReadStage, load: ReadLoad): Way => ({
  name: REDIS_ALONE,
  makeReady: () => warm(stage, stage.gateway, balancePath, load),
  drive: () => {
    const { customers, concurrency, reads, stop } = load
    const send = async (n: number): Promise<void> => {
      const value = await stage.redis.get(balanceKey(customers[n % customers.length] ?? ''))
      if (value === null) throw new LoadError('load_failed', 'Redis does not hold the balance that it held')
    }
    return drive(concurrency, reads, send, stop)
  },
})

function waysThrough(door: Door, ceiling: string, stage: ReadStage, load: ReadLoad): Way[] {
  const { customers, concurrency, reads, stop } = load
  const accountOf = (n: number): string => customers[n % customers.length] ?? ''
  const etags = new Map<string, string>()
  const cached = (path: (account: string) => string): Pick<Way, 'makeReady' | 'drive'> => ({
    makeReady: () => warm(stage, door, path, load),
    drive: () => drive(concurrency, reads, (n) => read(door, path(accountOf(n)), n, isHit), stop),
  })
  return [
    { name: `cache hit, ${door.name}`, ceiling, ...cached(balancePath) },
    {
      name: `unchanged (304), ${door.name}`,
      ceiling,
      makeReady: () =>
        warm(stage, door, balancePath, load, (account, { headers }) => {
          etags.set(account, String(headers.etag))
        }),
      drive: () => {
        const send = (n: number) =>
          read(door, balancePath(accountOf(n)), n, isUnchanged, { 'if-none-match': etags.get(accountOf(n)) ?? '' })
        return drive(concurrency, reads, send, stop)
      },
    },
    { name: `statement page, ${door.name}`, ceiling, ...cached(statementPath) },
    {
      name: `cache miss, ${door.name}`,
      // The first read of an account after the cache has forgotten it: parts of as many reads as there are accounts.
      drive: () => {
        const forget = () => stage.redis.unlink(...customers.map(balanceKey))
        const send = (n: number) => read(door, balancePath(accountOf(n)), n, isMiss)
        return driveInParts(concurrency, reads, customers.length, forget, send, stop)
      },
    },
  ]
}

/** Reads each account anew, so that it is cached for longer than a round lasts: a hit keeps nothing alive. */
async function warm(
  { redis }: Pick<ReadStage, 'redis'>,
  door: Door,
  path: (account: string) => string,
  { customers, concurrency, stop }: ReadLoad,
  onAnswer: (account: string, answer: LeanAnswer) => void = () => undefined,
): Promise<void> {
  await redis.unlink(...customers.flatMap((account) => [balanceKey(account), newestEntriesKey(account)]))
  const send = async (n: number): Promise<void> => {
    const account = customers[n % customers.length] ?? ''
    onAnswer(account, await read(door, path(account), n, isAnswer))
  }
  await drive(concurrency, customers.length, send, stop)
}
