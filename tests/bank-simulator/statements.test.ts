/** Statements: a day's settled operations, which sum up to the balance. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startBankSimulator, type TestBank } from '@paycluster/testkit/bank-simulator'
import { BankClient } from './bank-client.ts'

const HEADER = 'id,idempotency_key,type,amount,currency,reference,settled_at,balance_after'

let bank: TestBank
let client: BankClient

beforeAll(async () => {
  bank = await startBankSimulator()
  client = new BankClient(bank)
  await bank.setMode({ latency_ms: { distribution: 'fixed', value: 0 } })
}, 30_000)
afterAll(() => bank.stop())

const statement = async (day: string): Promise<string> => (await client.api.get(`/v1/statements/${day}.csv`)).text
const dayOf = (time: unknown): string => String(time).slice(0, 10)

it('gives what settled, signed, with the balance after it, and quotes what has to be', async () => {
  const collected = await client.transfer(
    { type: 'collection', amount: 500, currency: 'NOK', reference: 'a, "b"' },
    'quoted',
  )
  const { id, settled_at: settledAt } = collected.body
  const paidOut = await client.transfer({ type: 'payout', amount: 120, currency: 'NOK' }, 'plain')
  await bank.script({ steps: ['decline:account_closed'] })
  await client.transfer({ type: 'payout', amount: 1, currency: 'NOK' }, 'declined')
  // Midnight may lie between the two.
  const days = [...new Set([dayOf(settledAt), dayOf(paidOut.body.settled_at)])]
  const text = (await Promise.all(days.map(statement)))
    .join('')
    .split('\r\n')
    .filter((line) => line !== HEADER)
  expect(text.filter((line) => line !== '')).toEqual([
    `${String(id)},quoted,collection,500,NOK,"a, ""b""",${String(settledAt)},500`,
    `${String(paidOut.body.id)},plain,payout,-120,NOK,,${String(paidOut.body.settled_at)},380`,
  ])
})

it('sums up to the balance, at any size, and the same after a restart', async () => {
  const firstDay = new Date().toISOString().slice(0, 10)
  for (let round = 0; round < 20; round += 1)
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        client.transfer({ type: index % 3 === 0 ? 'payout' : 'collection', amount: 1 + index, currency: 'PLN' }),
      ),
    )
  const { PLN } = (await client.balances()) as { PLN: number }
  const days = [...new Set([firstDay, new Date().toISOString().slice(0, 10)])]
  const read = async (): Promise<string[][]> =>
    (await Promise.all(days.map(statement)))
      .flatMap((text) => text.split('\r\n'))
      .map((line) => line.split(','))
      .filter((columns) => columns[4] === 'PLN')
  const lines = await read()
  expect(lines).toHaveLength(1000)
  expect(lines.reduce((sum, columns) => sum + Number(columns[3]), 0)).toBe(PLN)
  expect(Number(lines.at(-1)?.[7])).toBe(PLN)
  await bank.kill()
  await bank.start()
  expect(await read()).toEqual(lines)
}, 60_000)

it('has a header alone for a day without any, and is typed', async () => {
  const answer = await client.api.get('/v1/statements/2001-02-03.csv')
  expect(answer).toMatchObject({ status: 200, text: `${HEADER}\r\n` })
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
})

it.each(['2001-02-30.csv', '2999-01-01.csv', 'today.csv', '2001-02-03'])('knows no %s', async (file) => {
  expect(await client.api.get(`/v1/statements/${file}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})
