import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  accepted,
  accountId,
  ENDED_AT_MS,
  judgeLines,
  MemoryLedger,
  paymentId,
  seen,
  STARTED_AT_MS,
  unknown,
  type Payment,
} from './evidence-stage.ts'

const [ada, ben, shop] = [accountId('ada'), accountId('ben'), accountId('shop')]
const pay = (name: string, amount = 5, source = ada, destination = shop): Payment => ({
  id: paymentId(name),
  source,
  destination,
  amount,
})
/** Ada has 100 and 4 entries, Ben 50 and 2. */
const ledger = (): MemoryLedger =>
  new MemoryLedger({
    [ada]: { posted: 100, version: 4 },
    [ben]: { posted: 50, version: 2 },
    [shop]: { posted: 0, version: 0 },
  })
const [first, second] = [pay('first'), pay('second', 7)]

describe('a run whose clients and ledger agree', () => {
  it('breaks no rule, and says what was looked at', async () => {
    const after = ledger()
      .post(first)
      .post(second)
      .post({ ...pay('poor', 900, ben), failure: 'insufficient_funds' })
    const { broken, counts, users, written } = await judgeLines(
      [
        JSON.stringify({ remark: 'started', at_ms: STARTED_AT_MS }),
        accepted(1, first, ' b4 s4'),
        seen(2, ada, ' b5'),
        accepted(1, second, ' pq b4 ps b5~5'),
        accepted(2, pay('poor', 900, ben), ' b2'),
        seen(2, ben, ' pf:insufficient_funds b2'),
        seen(1, ada, ' ps b6~6 e6'),
        JSON.stringify({ remark: 'ended' }),
      ],
      after,
    )
    expect(broken).toEqual({})
    expect(written).toEqual([])
    expect(users).toBe(2)
    expect(Object.fromEntries(counts.map(({ rule, checked }) => [rule, checked]))).toEqual({
      backwards: 9,
      token_not_met: 2,
      token_of_another_version: 2,
      final_state_changed: 4,
      lost: 3,
      row_differs: 3,
      told_otherwise: 3,
      ahead_of_ledger: 3,
      sums: 3,
    })
  })

  it('is judged over many payments, chunk by chunk', async () => {
    const after = ledger()
    const payments = Array.from({ length: 20 }, (_, index) => pay(`many ${index}`, 1 + (index % 4)))
    for (const payment of payments) after.post(payment)
    const { broken, counts } = await judgeLines(
      payments.map((payment, index) => accepted(1 + (index % 6), payment)),
      after,
    )
    expect(broken).toEqual({})
    expect(counts).toContainEqual({ rule: 'lost', checked: 20, violations: 0 })
  })
})

describe('what one user sees of an account', () => {
  it('may be older than what another user saw', async () => {
    const lines = [seen(1, ada, ' b4'), seen(2, ada, ' b3')]
    expect((await judgeLines(lines, ledger())).broken).toEqual({})
  })

  it('never goes back, over lines and kinds of answers', async () => {
    const lines = [seen(1, ada, ' b3'), seen(1, ada, ' s4'), seen(1, ada, ' e2 b4')]
    const { broken, offences, written } = await judgeLines(lines, ledger())
    expect(broken).toEqual({ backwards: 1 })
    expect(offences).toEqual([
      { rule: 'backwards', user: 1, account: ada, detail: 'version 2 after 4', history: 'b3 s4 e2' },
    ])
    expect(written).toEqual(offences)
  })

  it('is not below the version that a token demanded', async () => {
    expect((await judgeLines([seen(1, ada, ' b3~3 b4~3')], ledger())).broken).toEqual({})
    expect((await judgeLines([seen(1, ada, ' b3~4')], ledger())).broken).toEqual({ token_not_met: 1 })
  })

  it('is not above what the ledger has', async () => {
    const { broken, offences } = await judgeLines([seen(1, ada, ' b4 b9')], ledger())
    expect(broken).toEqual({ ahead_of_ledger: 1 })
    expect(offences[0]).toMatchObject({ detail: 'version 9 was seen, the ledger has 4', history: 'b4 b9' })
  })

  it('is shown with the last answers, whole ones', async () => {
    const before = Array.from({ length: 500 }, (_, index) => ` b${1 + index}`).join('')
    const { offences } = await judgeLines([seen(1, ada, `${before} b3`)], ledger())
    expect(offences[0]?.history).toMatch(/^b4\d\d( b\d+)* b3$/)
  })
})

describe('what one user is told of a payment', () => {
  it('does not change once it is final', async () => {
    const lines = [accepted(1, first), seen(1, ada, ' pq pq ps ps pq')]
    const { broken, offences } = await judgeLines(lines, ledger().post(first))
    expect(broken).toEqual({ final_state_changed: 1 })
    expect(offences[0]).toMatchObject({ detail: 'pq after ps', payment: first.id, history: 'pq pq ps ps pq' })
  })

  it.each([
    ['succeeded where it failed', ' ps', { ...first, failure: 'insufficient_funds' }],
    ['failed where it succeeded', ' pf:insufficient_funds', first],
    ['failed for another reason', ' pf:account_blocked', { ...first, failure: 'insufficient_funds' }],
  ])('is not that it %s', async (_, told, posted) => {
    const lines = [accepted(1, first), seen(1, ada, told)]
    const { broken, offences } = await judgeLines(lines, ledger().post(posted))
    expect(broken).toEqual({ told_otherwise: 1 })
    expect(offences[0]).toMatchObject({ payment: first.id, history: told.trim() })
  })

  it('has a token that names the version which the payment gave', async () => {
    const lines = [accepted(1, first), accepted(1, second), seen(1, ada, ' ps b6~5')]
    const { broken, offences } = await judgeLines(lines, ledger().post(first).post(second))
    expect(broken).toEqual({ token_of_another_version: 1 })
    expect(offences[0]).toMatchObject({ payment: second.id, detail: 'version 5, the payment’s is 6' })
  })
})

describe('an accepted payment', () => {
  it('is in the ledger', async () => {
    const { broken, offences } = await judgeLines([accepted(1, first), accepted(1, second)], ledger().post(second))
    expect(broken).toEqual({ lost: 1 })
    expect(offences[0]).toMatchObject({ payment: first.id, user: 1 })
  })

  it.each([
    ['amount', { ...first, amount: 6 }],
    ['destination', { ...first, destination: ben }],
    ['source', { ...first, source: ben }],
  ])('has the %s that was accepted', async (_, posted) => {
    const { broken } = await judgeLines([accepted(1, first)], ledger().post(posted))
    expect(broken).toMatchObject({ row_differs: 1 })
  })

  it('moves money once, under its own id', async () => {
    const after = ledger().post(first)
    after.move(ada, first.id, -5)
    after.move(shop, first.id, 5)
    const { broken, offences } = await judgeLines([accepted(1, first)], after)
    expect(broken).toEqual({ posted_twice: 1 })
    expect(offences[0]?.detail).toContain(`entry 6 of ${ada}`)
  })

  it('moves money once, also under another id', async () => {
    const after = ledger().post(first).post(pay('again'))
    const { broken, offences } = await judgeLines([accepted(1, first)], after)
    expect(broken).toEqual({ posted_twice: 1 })
    expect(offences[0]).toMatchObject({ payment: paymentId('again') })
    expect(offences[0]?.detail).toContain(`accepted under ${first.id}`)
  })

  it('moves money of both accounts, all of it', async () => {
    const after = ledger().post(first)
    after.move(shop, first.id, -3)
    const { broken } = await judgeLines([accepted(1, first)], after)
    expect(broken).toEqual({ posted_twice: 1 })
    const half = new MemoryLedger({ [ada]: { posted: 9, version: 1 }, [shop]: { posted: 0, version: 0 } }).post(first)
    half.before.set(ada, { posted: 10, version: 1 })
    expect((await judgeLines([accepted(1, first)], half)).broken).toEqual({ sums: 1 })
  })
})

describe('money that moved without an accepted payment', () => {
  it('is an offence', async () => {
    const { broken, offences } = await judgeLines(
      [accepted(1, first)],
      ledger()
        .post(first)
        .post(pay('other', 8, ben)),
    )
    expect(broken).toEqual({ unasked: 1 })
    expect(offences[0]).toMatchObject({ payment: paymentId('other') })
  })

  it('is excused by a request like it whose answer was lost, each of them one payment', async () => {
    const lost = pay('lost', 8, ben)
    const posted = ledger().post(first).post(lost)
    const excused = await judgeLines([unknown(lost), accepted(1, first)], posted)
    expect(excused.broken).toEqual({})
    expect(excused.unanswered).toEqual({ requests: 1, posted: 1 })
    posted.post({ ...lost, id: paymentId('lost again') })
    expect((await judgeLines([unknown(lost), accepted(1, first)], posted)).broken).toEqual({ unasked: 1 })
  })

  it('is not demanded of a request whose answer was lost', async () => {
    const { broken, unanswered } = await judgeLines([unknown(first)], ledger())
    expect(broken).toEqual({})
    expect(unanswered).toEqual({ requests: 1, posted: 0 })
  })

  it('is excused by turns that were cut off, when it is late, each of them one payment', async () => {
    const late = { ...pay('late', 8, ben), createdAtMs: ENDED_AT_MS - 5 }
    const posted = ledger().post(late)
    expect((await judgeLines([], posted, { interrupted: 1 })).broken).toEqual({})
    expect((await judgeLines([], ledger().post(pay('early', 8, ben)), { interrupted: 1 })).broken).toEqual({
      unasked: 1,
    })
    posted.post({ ...late, id: paymentId('late too'), amount: 9 })
    expect((await judgeLines([], posted, { interrupted: 1 })).broken).toEqual({ unasked: 1 })
  })

  it('is excused when it was accepted before the run', async () => {
    const { broken, notes } = await judgeLines([], ledger().post({ ...first, createdAtMs: STARTED_AT_MS - 1 }))
    expect(broken).toEqual({})
    expect(notes).toEqual(['1 payments on these accounts were accepted before the run'])
  })
})

describe('a record', () => {
  it.each([
    ['a line that is cut off', '{"id":"pay_'],
    ['a payment without its accounts', JSON.stringify({ id: first.id, amount: 1 })],
    ['an answer that is none', seen(1, ada, ' b4 x')],
    ['a state of no payment', seen(1, ada, ' ps')],
  ])('is not trusted with %s', async (_, line) => {
    expect((await judgeLines([line], ledger())).broken).toEqual({ unreadable: 1 })
  })
})

/** What users do on one account that a correct cluster serves: it posts in order, and reads lag within the promises. */
const actions = fc.array(
  fc.record({
    user: fc.integer({ min: 1, max: 3 }),
    does: fc.constantFrom('pay', 'read', 'read with the token', 'ask for the payment', 'post'),
    lag: fc.nat(3),
  }),
  { maxLength: 60 },
)

interface Player {
  seen: string
  newest: number
  /** The last payment's id. */
  last: string
  /** The version that its token names, once it is final. */
  token: number
}

/** Plays the actions. @returns each user's lines in their order, and the ledger at the end */
function play(script: readonly { user: number; does: string; lag: number }[]) {
  const after = ledger()
  const lines = new Map<number, string[]>()
  const users = new Map([1, 2, 3].map((user): [number, Player] => [user, { seen: '', newest: 0, last: '', token: 0 }]))
  const queue: Payment[] = []
  const posted = new Map<string, number>()
  let version = 4
  const post = (): void => {
    const payment = queue.shift()
    if (payment === undefined) return
    after.post(payment)
    posted.set(payment.id, ++version)
  }
  const read = (state: Player, lag: number, demanded: number): void => {
    const seenVersion = Math.max(version - lag, state.newest, demanded)
    state.newest = seenVersion
    state.seen += demanded > 0 ? ` b${seenVersion}~${demanded}` : ` b${seenVersion}`
  }
  script.forEach(({ user, does, lag }, index) => {
    const state = users.get(user)
    if (state === undefined) return
    if (does === 'post') post()
    else if (does === 'pay') {
      const payment = pay(`property ${index}`, 1)
      queue.push(payment)
      lines.set(user, [...(lines.get(user) ?? []), accepted(user, payment, state.seen)])
      Object.assign(state, { seen: '', last: payment.id })
    } else if (does === 'ask for the payment' && state.last !== '') {
      const sequence = posted.get(state.last)
      state.seen += sequence === undefined ? ' pq' : ' ps'
      if (sequence !== undefined) state.token = sequence
    } else read(state, lag, does === 'read with the token' ? state.token : 0)
  })
  while (queue.length > 0) post()
  for (const [user, state] of users)
    if (state.seen !== '') lines.set(user, [...(lines.get(user) ?? []), seen(user, ada, state.seen)])
  return { lines: [...lines.values()], after }
}

describe('any history that a correct cluster gives', () => {
  it('passes, however the lines of its users are interleaved', async () => {
    await fc.assert(
      fc.asyncProperty(actions, fc.infiniteStream(fc.nat(2)), async (script, order) => {
        const { lines, after } = play(script)
        const interleaved: string[] = []
        for (let open = lines; open.length > 0; open = open.filter((rest) => rest.length > 0)) {
          const next = open[(order.next().value ?? 0) % open.length]?.shift()
          if (next !== undefined) interleaved.push(next)
        }
        expect((await judgeLines(interleaved, after)).broken).toEqual({})
      }),
      { numRuns: 150 },
    )
  })
})
