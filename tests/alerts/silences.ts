/** What nobody is to be told of. */
import { describe, expect, it } from '@jest/globals'
import { arrived, firing, ops, pay, runOps, toldOf } from './stage.ts'

const until = (): string => new Date(Date.now() + 600_000).toISOString()

describe('a silence', () => {
  it('mutes what fits, which is told at its end', async () => {
    const made = await runOps(
      ...['--json', 'alerts', 'silence', '--rule', 'failures', '--label', 'payment.description=muted'],
      ...['--minutes', '10', '--reason', 'a test'],
    )
    expect(made.code).toBe(0)
    const { id } = JSON.parse(made.output.slice(made.output.indexOf('{'))) as { id: string }
    await pay('muted', 3)
    const muted = await firing('muted')
    expect(muted).toMatchObject({ state: 'firing', silenced_by: id })
    await pay('loud', 3)
    await arrived('the other one', () => toldOf('loud'))
    expect(toldOf('muted')).toEqual([])
    expect((await ops.alerts.get(muted.id)).notifications).toEqual([])

    const listed = await runOps('alerts', 'silences', '--active')
    expect(listed.output).toContain(id)
    expect((await runOps('alerts', 'unsilence', id)).code).toBe(0)
    await arrived('what was muted', () => toldOf('muted'))
    expect(await firing('muted')).toMatchObject({ silenced_by: null })
    // It has ended, and stays so.
    await ops.alerts.unsilence(id)
  }, 60_000)

  it('is made once for one Idempotency-Key', async () => {
    const silence = { matcher: { rule: 'no-such-rule' }, until: until(), reason: 'a test' }
    const [one, again] = [
      await ops.alerts.silence(silence, { idempotencyKey: 'silence-1' }),
      await ops.alerts.silence(silence, { idempotencyKey: 'silence-1' }),
    ]
    expect(again).toEqual(one)
    const other = ops.alerts.silence({ ...silence, reason: 'another' }, { idempotencyKey: 'silence-1' })
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    await ops.alerts.unsilence(one.id)
  })

  it.each([
    ['everything', { matcher: {}, until: '2099-01-01T00:00:00Z', reason: 'x' }, '/matcher'],
    ['the past', { matcher: { rule: 'failures' }, until: '2020-01-01T00:00:00Z', reason: 'x' }, '/until'],
    ['a hundred days', { matcher: { rule: 'failures' }, until: '2099-01-01T00:00:00Z', reason: 'x' }, '/until'],
  ])('is not made for %s', async (_, silence, pointer) => {
    await expect(ops.alerts.silence(silence)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ pointer })],
    })
  })

  it('that nobody made is not found', async () => {
    await expect(ops.alerts.unsilence('sil_1')).rejects.toMatchObject({ code: 'not_found' })
    await expect(ops.alerts.get('alr_1')).rejects.toMatchObject({ code: 'not_found' })
  })
})
