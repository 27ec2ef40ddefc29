import { describe, expect, it } from '@jest/globals'
import { runReportSchema, type RunReport } from '@paycluster/traffic-generator/runs/run-report'
import { waitFor } from '@paycluster/testkit/wait-for'
import { ask, over, report, start, TIMEOUT_MS } from './stage.ts'

describe('the API of the generator', () => {
  const slow = { name: 'slow', duration: '10m', rate: 0.5, mix: { balance: 1 } }

  it(
    'changes the rate and the mix of a run, and stops it',
    async () => {
      const { id } = await start({ scenario: slow, rate: 1 })
      const changed = await ask('PATCH', `/v1/runs/${id}`, { rate: 60, mix: { payment: 1 } })
      expect([changed.status, changed.body.rate]).toEqual([200, 60])
      const atChange = (await report(id)).sent
      // Within a second there are more than there were in all of the time before.
      await waitFor('the new rate', async () => (await report(id)).sent > atChange + 20, { timeoutMs: 3000 })
      await waitFor('the rate to be reached', async () => (await report(id)).rate_reached.recent > 40, {
        timeoutMs: 20_000,
      })
      expect((await report(id)).by_kind.payment?.done).toBeGreaterThan(20)
      const back = await ask('PATCH', `/v1/runs/${id}`, { rate: null, mix: null })
      expect(back.body.rate).toBe(1)
      expect((await ask('POST', `/v1/runs/${id}/stop`)).status).toBe(202)
      const stopped = await over(id)
      expect(stopped).toMatchObject({ state: 'stopped', unexpected: 0, in_flight: 0 })
      const later = await ask('PATCH', `/v1/runs/${id}`, { rate: 5 })
      expect([later.status, later.body.code]).toEqual([409, 'run_over'])
      expect((await ask('POST', `/v1/runs/${id}/stop`)).body).toEqual(stopped)
    },
    TIMEOUT_MS,
  )

  it(
    'knows its scenarios, takes YAML, and lists its runs, the newest first',
    async () => {
      const { body } = await ask('GET', '/v1/scenarios')
      expect((body.data as { name: string }[]).map(({ name }) => name)).toEqual([
        'black-friday',
        'calm',
        'fraud',
        'soak',
      ])
      const run = await start({ scenario: 'name: typed\nduration: 1s\nrate: 5\nmix: { balance: 1 }\n' })
      expect(await over(run.id)).toMatchObject({ scenario: 'typed', state: 'finished' })
      const runs = (await ask('GET', '/v1/runs')).body.data as RunReport[]
      expect(runs[0]?.id).toBe(run.id)
      expect(runReportSchema.array().safeParse(runs).success).toBe(true)
      expect((await ask('GET', '/metrics')).text).toMatch(/traffic_acts_total\{.*kind="balance",outcome="done".*\} \d+/)
      expect((await ask('GET', '/healthz')).body).toEqual({ status: 'ok' })
    },
    TIMEOUT_MS,
  )

  it.each<[string, string, string, unknown, number, object]>([
    ['an unknown scenario', 'POST', '/v1/runs', { scenario: 'rush' }, 422, { code: 'unknown_scenario' }],
    [
      'broken YAML',
      'POST',
      '/v1/runs',
      { scenario: 'name: a\nmix: { payment: 1\n' },
      422,
      { code: 'invalid_scenario', errors: [expect.objectContaining({ line: 3 })] },
    ],
    [
      'YAML that is out of bounds',
      'POST',
      '/v1/runs',
      { scenario: 'name: a\nduration: 5s\nrate: 5000\nmix: { payment: 1 }\n' },
      422,
      { code: 'invalid_scenario', errors: [expect.objectContaining({ line: 3, column: 1, pointer: '/rate' })] },
    ],
    [
      'an object that is out of bounds',
      'POST',
      '/v1/runs',
      { scenario: { ...slow, duration: '25h' } },
      422,
      { code: 'invalid_scenario', errors: [expect.objectContaining({ pointer: '/duration' })] },
    ],
    [
      'a rate that is out of bounds',
      'POST',
      '/v1/runs',
      { scenario: 'calm', rate: 1001 },
      422,
      { code: 'validation_failed', errors: [expect.objectContaining({ pointer: '/rate' })] },
    ],
    [
      'a pattern that needs more customers than there are',
      'POST',
      '/v1/runs',
      { scenario: { ...slow, patterns: [{ label: 'new_payees', at: ['1s'], payees: 50 }] } },
      422,
      { code: 'cast_too_small' },
    ],
    ['a scenario that is a number', 'POST', '/v1/runs', { scenario: 5 }, 422, { code: 'validation_failed' }],
    [
      'a field that is not known',
      'POST',
      '/v1/runs',
      { scenario: 'calm', speed: 1 },
      422,
      { code: 'validation_failed' },
    ],
    ['no body', 'POST', '/v1/runs', undefined, 422, { code: 'validation_failed' }],
    ['a body that is no JSON', 'POST', '/v1/runs', '{', 400, { code: 'malformed_json' }],
    ['too large a body', 'POST', '/v1/runs', { scenario: 'x'.repeat(300_000) }, 413, { code: 'payload_too_large' }],
    ['an unknown run', 'GET', '/v1/runs/run-0', undefined, 404, { code: 'not_found' }],
    [
      'labels of an unknown run',
      'GET',
      '/v1/runs/..%2F..%2Fsecrets.json/labels',
      undefined,
      404,
      { code: 'not_found' },
    ],
    ['a change of an unknown run', 'PATCH', '/v1/runs/run-0', { rate: 1 }, 404, { code: 'not_found' }],
    ['a change of nothing', 'PATCH', '/v1/runs/run-0', {}, 422, { code: 'validation_failed' }],
    ['an address that is none', 'GET', '/v1/run', undefined, 404, { code: 'not_found' }],
  ])('refuses %s', async (_what, method, path, body, status, problem) => {
    const before = ((await ask('GET', '/v1/runs')).body.data as unknown[]).length
    const answer = await ask(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ status, ...problem })
    expect((await ask('GET', '/v1/runs')).body.data).toHaveLength(before)
  })

  it(
    'has four runs at once, and together no more than a thousand acts a second',
    async () => {
      const runs = [await start({ scenario: slow }), await start({ scenario: slow }), await start({ scenario: slow })]
      const tooFast = await ask('POST', '/v1/runs', { scenario: slow, rate: 999 })
      expect([tooFast.status, tooFast.body.code]).toEqual([409, 'rate_exceeded'])
      const faster = await ask('PATCH', `/v1/runs/${runs[0]?.id ?? ''}`, { rate: 999.5 })
      expect([faster.status, faster.body.code]).toEqual([409, 'rate_exceeded'])
      runs.push(await start({ scenario: slow }))
      const tooMany = await ask('POST', '/v1/runs', { scenario: slow })
      expect([tooMany.status, tooMany.body.code]).toEqual([409, 'too_many_runs'])
      for (const { id } of runs) await ask('POST', `/v1/runs/${id}/stop`)
      for (const { id } of runs) expect(await over(id)).toMatchObject({ state: 'stopped' })
    },
    TIMEOUT_MS,
  )
})
