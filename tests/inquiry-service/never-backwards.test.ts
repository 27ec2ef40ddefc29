/** Reads never go backwards: across instances, without a token, with the cache flushed, with replicas far behind. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { parseConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { toProblem } from '@paycluster/platform/http/problem-body'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { ProblemError } from '@paycluster/platform/problem-error'
import { waitFor } from '@paycluster/testkit/wait-for'
import type { ReadSide } from '../../inquiry-service/src/read-side.ts'
import { startReadStage, type ReadStage } from './read-stage.ts'

let stage: ReadStage
let one: ReadSide
let two: ReadSide

beforeAll(async () => {
  stage = await startReadStage()
  one = await stage.instance()
  two = await stage.instance()
}, 90_000)
afterAll(() => stage.stop())
afterEach(async () => {
  await stage.resumeAll()
})

const accountOf = (customer: number): string => stage.ledger.customers[customer] ?? ''
const uuidOf = (customer: number): string => idToUuid(accountOf(customer))
const versionAt = async (readSide: ReadSide, customer: number): Promise<number> =>
  Number((await readSide.balances.read(accountOf(customer), undefined)).etag)

describe('with one replica that has stopped replaying', () => {
  it('every read shows the last commit, from any instance, also after FLUSHALL', async () => {
    await stage.pause(0)
    for (let round = 0; round < 20; round++) {
      const { version } = await stage.post(0, 1)
      await stage.flush()
      expect(await versionAt(round % 2 === 0 ? one : two, 1)).toBe(version)
      await stage.flush()
      expect(await versionAt(round % 2 === 0 ? two : one, 1)).toBe(version)
    }
  })

  it('statements and lists do as well', async () => {
    await stage.pause(1)
    const { id, version } = await stage.post(2, 3)
    const page = await one.statements.read(accountOf(3), stage.ledger.demo, { limit: 5 }, undefined)
    expect(page.etag).toBe(String(version))
    expect(page.body).toContain(id)
    const list = await two.paymentLister.list(stage.ledger.demo, { limit: 1 }, undefined)
    expect(list.body).toContain(id)
    expect((await two.payments.read(id, stage.ledger.demo, undefined)).source).toBe('replica:replica-1')
  })

  it('a read without a read index can go backwards, which is what it is for', async () => {
    const without = await stage.instance({ READ_INDEX: 'off', MAX_LAG_MS: '3600000' })
    await stage.pause(0)
    const { version } = await stage.post(4, 5)
    const seen = new Set<number>()
    await waitFor('an old and a new version', async () => {
      await stage.flush()
      const fresh = await without.router.read(await without.router.position(), (run) =>
        run<{ version: number }>({
          text: 'SELECT max(version)::int AS version FROM account_balances WHERE account_id = $1',
          values: [uuidOf(5)],
        }),
      )
      seen.add(fresh.value.rows[0]?.version ?? 0)
      return seen.has(version) && seen.has(version - 1)
    })
  })
})

describe('with no replica that has caught up', () => {
  it('the primary answers, within its budget, and then a read is refused as replica_lag', async () => {
    const poor = await stage.instance({ PRIMARY_PER_SECOND: '1', REPLICA_WAIT_MS: '30' })
    await stage.pause(0)
    await stage.pause(1)
    const { version } = await stage.post(0, 1)
    await stage.flush()
    const answer = await poor.balances.read(accountOf(1), undefined)
    expect(answer).toMatchObject({ source: 'primary', etag: String(version) })
    await stage.post(0, 1)
    await stage.flush()
    const refusal = await poor.balances.read(accountOf(1), undefined).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'replica_lag', status: 503 })
    // This read brought no token: what it is told speaks of none.
    const { title, detail } = toProblem(refusal as ProblemError, 'request-1')
    expect(`${title} ${detail}`).not.toContain('token')
  })
})

describe('a consistency token', () => {
  it('is honoured though the cache has an older version', async () => {
    await versionAt(one, 6)
    const { token, version } = await stage.post(0, 6)
    const answer = await one.balances.read(accountOf(6), parseConsistencyToken(token))
    expect(answer.etag).toBe(String(version))
    expect(await versionAt(two, 6)).toBe(version)
  })

  it('that names another account is honoured by log position', async () => {
    await two.balances.read(accountOf(7), undefined)
    const { token } = await stage.post(0, 6)
    const answer = await two.balances.read(accountOf(7), parseConsistencyToken(token))
    expect(answer.source).not.toBe('cache')
    const again = await two.balances.read(accountOf(7), parseConsistencyToken(token))
    expect(again.source).toBe('cache')
  })

  it('of a state that does not exist is refused, in bounded time, and holds up nobody else', async () => {
    const token = parseConsistencyToken('1.1.ffffffffffff')
    const startedMs = performance.now()
    const refused = expect(one.balances.read(accountOf(8), token)).rejects.toMatchObject({ code: 'replica_lag' })
    const list = expect(one.paymentLister.list(stage.ledger.demo, { limit: 1 }, token)).rejects.toMatchObject({
      code: 'replica_lag',
    })
    await one.balances.read(accountOf(9), undefined)
    await refused
    await list
    expect(performance.now() - startedMs).toBeLessThan(2000)
  })
})

describe('when Redis', () => {
  it('is gone, reads go on from replicas', async () => {
    const alone = await stage.instance({ REDIS_URL: 'unix:///nowhere/redis.sock' })
    const { version, id } = await stage.post(0, 1)
    const answer = await alone.balances.read(accountOf(1), undefined)
    expect(answer.etag).toBe(String(version))
    expect(answer.source).toMatch(/^replica:/)
    expect((await alone.payments.read(id, stage.ledger.demo, undefined)).source).toMatch(/^replica:/)
  })

  it('answers and takes nothing, what one instance has shown no other goes back on', async () => {
    const customers = [2, 3, 4, 5]
    for (const customer of customers) await versionAt(one, customer)
    await stage.pauseWrites(10_000)
    for (const customer of customers) {
      const { token, version } = await stage.post(0, customer)
      const shown = await two.balances.read(accountOf(customer), parseConsistencyToken(token))
      expect(shown.etag).toBe(String(version))
      expect(await versionAt(one, customer)).toBe(version)
    }
    await stage.pauseWrites(0)
    await waitFor(
      'trust',
      () => one.cache.guard.trustedSinceMs < Date.now() && two.cache.guard.trustedSinceMs < Date.now(),
    )
  })

  it('comes back with what it held before, nothing of that is answered', async () => {
    const before = await versionAt(one, 1)
    await versionAt(two, 1)
    await stage.redis.kill('SIGSTOP')
    await waitFor('both to notice', async () => {
      await versionAt(one, 1)
      return one.cache.isAway && two.cache.isAway
    })
    const { version } = await stage.post(0, 1)
    expect(version).toBe(before + 1)
    expect(await versionAt(one, 1)).toBe(version)
    await stage.redis.kill('SIGCONT')
    await waitFor('the cache to be used again', async () => {
      expect(await versionAt(two, 1)).toBe(version)
      return (await two.balances.read(accountOf(1), undefined)).source === 'cache'
    })
  })

  it('forgets its scripts, it is told again', async () => {
    await one.redis.script('FLUSH')
    const { token, version } = await stage.post(0, 1)
    await one.balances.read(accountOf(1), parseConsistencyToken(token))
    expect((await two.balances.read(accountOf(1), undefined)).source).toBe('cache')
    expect(await versionAt(two, 1)).toBe(version)
  })
})

describe('a replica that starts again', () => {
  it('is not trusted with what it had replayed before', async () => {
    await stage.pause(1)
    const { version } = await stage.post(0, 1)
    await stage.flush()
    expect(await one.balances.read(accountOf(1), undefined)).toMatchObject({
      source: 'replica:replica-1',
      etag: String(version),
    })
    await stage.restartBehind(0)
    for (const readSide of [one, two]) {
      await stage.flush()
      expect(await versionAt(readSide, 1)).toBe(version)
    }
    await stage.catchUp(0)
  })

  it('answers nothing before it has replayed all that it had, to an instance that knows of nothing newer', async () => {
    const { version } = await stage.post(0, 1)
    await waitFor('it to be replayed', async () => {
      await stage.flush()
      return (await one.balances.read(accountOf(1), undefined)).source === 'replica:replica-1'
    })
    await stage.restartBehind(0)
    await stage.flush()
    const alone = await stage.instance({
      PRIMARY_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      REPLICA_URLS: `replica-1=${String(stage.db.replicas[0]?.readerUrl)}`,
    })
    await expect(alone.balances.read(accountOf(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
    await stage.catchUp(0)
    await waitFor('it to answer', () => alone.router.unreadableReason() === undefined)
    expect(await versionAt(alone, 1)).toBe(version)
  })
})

// Last, because they take nodes away for good.
describe('when nodes are gone', () => {
  it('one replica is enough', async () => {
    await stage.db.replicas[0]?.node.kill('SIGKILL', { restart: false })
    const { version } = await stage.post(0, 1)
    await stage.flush()
    for (const readSide of [one, two, one, two]) {
      const answer = await readSide.balances.read(accountOf(1), undefined)
      expect(answer.etag).toBe(String(version))
      await stage.flush()
    }
  })

  it('without the primary, the replica that is left answers with everything that was served', async () => {
    const { version, token } = await stage.post(0, 1)
    expect(await versionAt(one, 1)).toBe(version)
    await stage.db.primary.kill('SIGKILL', { restart: false })
    await stage.flush()
    for (const readSide of [one, two]) {
      const answer = await readSide.balances.read(accountOf(1), parseConsistencyToken(token))
      expect(answer).toMatchObject({ source: 'replica:replica-2', etag: String(version) })
      await stage.flush()
    }
    expect(one.router.counts.readIndexFailures).toBeGreaterThan(0)
    expect(one.router.unreadableReason()).toBeUndefined()
  })

  it('with none left it says so', async () => {
    await stage.db.replicas[1]?.node.kill('SIGKILL', { restart: false })
    await stage.flush()
    await expect(one.balances.read(accountOf(1), undefined)).rejects.toMatchObject({ status: 503 })
    await waitFor('every circuit to open', () => one.router.unreadableReason())
    await expect(one.balances.read(accountOf(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
