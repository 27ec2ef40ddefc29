/** Cards come encrypted, are charged by their token, and leave no trace of what they were. */
import { randomUUID } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CompactEncrypt, importJWK, type JWK } from 'jose'
import type { ApiAnswer } from '@paycluster/testkit/api-client'
import { startBankSimulator, type TestBank } from '@paycluster/testkit/bank-simulator'
import { BankClient } from './bank-client.ts'

const VISA = { number: '4242424242424242', expiry_month: 12, expiry_year: 2099, cvc: '917' }

let bank: TestBank
let client: BankClient
/** All that the bank has answered. */
const answers: string[] = []

beforeAll(async () => {
  bank = await startBankSimulator({ env: { LOG_LEVEL: 'trace' } })
  client = new BankClient(bank)
}, 30_000)
afterAll(() => bank.stop())
beforeEach(async () => {
  await bank.resetMode()
})

async function encrypt(plaintext: string, header: Record<string, string> = {}): Promise<string> {
  const key = (await client.api.get('/v1/card-encryption-key')).body as JWK
  return new CompactEncrypt(Buffer.from(plaintext))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', ...header })
    .encrypt(await importJWK(key, 'ECDH-ES+A256KW'))
}

async function post(path: string, body: unknown, key: string = randomUUID()): Promise<ApiAnswer> {
  const answer = await client.api.post(path, body, { 'idempotency-key': key })
  answers.push(answer.text)
  return answer
}

const tokenise = async (card: unknown, key?: string): Promise<ApiAnswer> =>
  post('/v1/card-tokens', { encrypted_card: await encrypt(JSON.stringify(card)) }, key)
const tokenOf = async (number: string): Promise<unknown> => (await tokenise({ ...VISA, number })).body.token
const charge = (token: unknown, key?: string): Promise<ApiAnswer> =>
  post('/v1/card-charges', { token, amount: 990, currency: 'USD', reference: 'order 1' }, key)

describe('a card', () => {
  it('is known by a token, its brand, and its last digits', async () => {
    expect(await tokenise(VISA)).toMatchObject({ status: 201 })
    expect((await tokenise(VISA)).body).toEqual({
      token: expect.stringMatching(/^ctk_[0-9a-f]{32}$/),
      brand: 'visa',
      last4: '4242',
      expiry_month: 12,
      expiry_year: 2099,
    })
    expect((await tokenise({ ...VISA, number: '378282246310005', cvc: '9171' })).body).toMatchObject({
      brand: 'american-express',
      last4: '0005',
    })
  })

  it('has one token for a key', async () => {
    // Encrypted twice, it is the same card.
    const [first, second] = await Promise.all([tokenise(VISA, 'token-1'), tokenise(VISA, 'token-1')])
    expect(second.text).toBe(first.text)
    expect(await tokenise({ ...VISA, number: '4012888888881881' }, 'token-1')).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })

  it.each([
    ['a wrong number', { ...VISA, number: '4242424242424241' }, ['number']],
    ['a short cvc', { ...VISA, cvc: '91' }, ['cvc']],
    ['four digits where three belong', { ...VISA, cvc: '9171' }, ['cvc']],
    ['a 13th month', { ...VISA, expiry_month: 13 }, ['expiry_month']],
    ['more than a card', { ...VISA, pin: '1234' }, ['number', 'expiry_month', 'expiry_year', 'cvc']],
    ['no object', '4242424242424242', ['number', 'expiry_month', 'expiry_year', 'cvc']],
  ])('with %s is refused by the names of its fields', async (_what, card, fields) => {
    expect(await tokenise(card)).toMatchObject({ status: 422, body: { code: 'card_invalid', fields } })
  })

  it('that cannot be decrypted is refused, and its key can be used again', async () => {
    const good = await encrypt(JSON.stringify(VISA))
    const tampered = good.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
    const otherWay = await encrypt(JSON.stringify(VISA), { enc: 'A128GCM' })
    for (const encrypted_card of [tampered, otherWay])
      expect(await post('/v1/card-tokens', { encrypted_card }, 'mended')).toMatchObject({
        status: 422,
        body: { code: 'decryption_failed' },
      })
    expect(await post('/v1/card-tokens', { encrypted_card: 'no-jwe' }, 'mended')).toMatchObject({
      body: { code: 'validation_failed' },
    })
    const noJson = await encrypt('4242424242424242 917')
    expect(await post('/v1/card-tokens', { encrypted_card: noJson }, 'mended')).toMatchObject({
      body: { code: 'card_invalid' },
    })
    expect(await post('/v1/card-tokens', { encrypted_card: good }, 'mended')).toMatchObject({ status: 201 })
  })
})

describe('a charge', () => {
  it('settles at once, moves the balance, and is found by its key', async () => {
    const answer = await charge(await tokenOf(VISA.number), 'charge-1')
    expect(answer).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^bch_[0-9a-f]{32}$/),
        type: 'card_charge',
        status: 'settled',
        amount: 990,
        currency: 'USD',
        reference: 'order 1',
        card: { brand: 'visa', last4: '4242' },
      },
    })
    expect(await client.balances()).toEqual({ USD: 990 })
    expect((await client.operation('charge-1')).body).toEqual(answer.body)
  })

  it.each([
    ['4000000000000002', 'card_declined'],
    ['4000000000009995', 'insufficient_funds'],
    ['4000000000000069', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc'],
  ])('of %s is declined: %s', async (number, reason) => {
    const before = await client.balances()
    const answer = await charge(await tokenOf(number), `charge-${reason}`)
    expect(answer).toMatchObject({ status: 422, body: { code: 'declined', reason } })
    expect((await client.operation(`charge-${reason}`)).body).toMatchObject({
      status: 'declined',
      decline_reason: reason,
      card: { brand: 'visa', last4: number.slice(-4) },
    })
    expect(await client.balances()).toEqual(before)
  })

  it('of a card whose time is over is declined', async () => {
    const { token } = (await tokenise({ ...VISA, expiry_year: 2020 })).body
    expect(await charge(token)).toMatchObject({ status: 422, body: { reason: 'expired_card' } })
  })

  it('of an unknown token is refused, and not remembered', async () => {
    expect(await charge(`ctk_${'0'.repeat(32)}`, 'unknown-token')).toMatchObject({
      status: 422,
      body: { code: 'token_unknown' },
    })
    expect((await client.operation('unknown-token')).status).toBe(404)
  })

  it('fails as the bank does', async () => {
    const token = await tokenOf(VISA.number)
    await bank.script({ for: { idempotency_key: 'flaky' }, steps: ['http_503', 'decline:fraud_suspected'] })
    expect((await charge(token, 'flaky')).status).toBe(503)
    expect((await charge(token, 'flaky')).body).toMatchObject({ code: 'declined', reason: 'fraud_suspected' })
  })

  it('is known after a kill, while the token is forgotten', async () => {
    const token = await tokenOf(VISA.number)
    const before = await charge(token, 'before-the-kill')
    await bank.kill()
    await bank.start()
    expect(await charge(token, 'before-the-kill')).toMatchObject({ status: 201, text: before.text })
    expect(await charge(token, 'after-the-kill')).toMatchObject({ status: 422, body: { code: 'token_unknown' } })
  })
})

describe('what is secret', () => {
  it('is in no answer, no log, no journal, and not in what the bank saw', async () => {
    const { token } = (await tokenise(VISA)).body
    await charge(token)
    const places = {
      answers: answers.join('\n'),
      journal: readFileSync(bank.journalPath, 'utf8'),
      log: bank.log(),
      seen: JSON.stringify(await bank.control('GET', '/requests')),
    }
    expect(places.journal).toContain('"last4":"4242"')
    for (const text of Object.values(places)) {
      expect(text).not.toMatch(/4242424242424242|40000000000|378282246310005/)
      expect(text).not.toMatch(/"cvc\\?":|"9171?\\?"|4242 917/)
    }
    expect(places.log + places.journal).not.toContain(bank.apiKey)
  })

  it('has a key file for its owner alone, which stays the same, and no private part of it goes out', async () => {
    const path = join(bank.journalPath, '../bank-card-key.json')
    const { x, d } = JSON.parse(readFileSync(path, 'utf8')) as JWK
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { text, body } = await client.api.get('/v1/card-encryption-key')
    expect(body).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'enc', alg: 'ECDH-ES+A256KW', x })
    expect(text).not.toContain(d)
    expect(body).not.toHaveProperty('d')
  })

  it('does not start with a key file that others may read, or that is none', async () => {
    const path = join(bank.journalPath, '../bank-card-key.json')
    const key = readFileSync(path)
    await bank.node.stop()
    chmodSync(path, 0o644)
    await expect(bank.start()).rejects.toMatchObject({ context: expect.stringContaining('chmod 600') })
    chmodSync(path, 0o600)
    writeFileSync(path, '{"kty":"EC"}')
    await expect(bank.start()).rejects.toMatchObject({ context: expect.stringContaining('no private P-256 key') })
    writeFileSync(path, key)
    await bank.start()
  })
})
