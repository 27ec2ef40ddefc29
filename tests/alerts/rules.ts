/** The file of rules, while the cluster runs and at a start. */
import { spawnSync } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { AlertRules } from '@paycluster/contracts'
import { waitFor } from '@paycluster/testkit/wait-for'
import { ARRIVAL_MS, cluster, firing, ops, pay, RULES, rulesFile, runOps } from './stage.ts'

const NEW_RULE = `
  - name: small
    severity: info
    summary: '{{count}} small payments'
    event: { types: [payment.succeeded], where: [{ field: payment.amount, is: 7 }], window: 10m }
    group_by: [payment.description]
    escalation: [{ notify: [log] }]
`

/** As an editor writes: all of it, or nothing. */
function write(text: string): void {
  writeFileSync(`${rulesFile}.new`, text)
  renameSync(`${rulesFile}.new`, rulesFile)
}

/** One process answers, and each reads the file for itself: their metrics say what is in force in each. */
const everybody = (what: string, holds: (rules: AlertRules) => boolean): Promise<AlertRules> =>
  waitFor(
    what,
    async () => {
      const answer = await ops.alerts.rules()
      const isRefused = answer.refused !== null
      const inForce = await Promise.all([0, 1].map((n) => metricsOf(n)))
      const isEverywhere = inForce.every(
        (text) =>
          text.includes(`version="${answer.version}"`) &&
          new RegExp(`^alert_rules_refused\\b.* ${Number(isRefused)}$`, 'm').test(text),
      )
      return holds(answer) && isEverywhere ? answer : undefined
    },
    { timeoutMs: ARRIVAL_MS },
  )

async function metricsOf(process: number): Promise<string> {
  const port = cluster.settings.ports.eventServicesAdmin + process
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
}

describe('the rules', () => {
  it('are shown, with who can be told', async () => {
    const rules = await ops.alerts.rules()
    expect(rules.rules.map(({ name }) => name)).toEqual(['failures', 'share', 'dead-letters'])
    expect([rules.file, rules.refused]).toEqual([rulesFile, null])
    expect(rules.channels.every(({ is_configured }) => is_configured)).toBe(true)
  })

  it('are those of a changed file within seconds; one that is wrong is refused by line and field', async () => {
    const before = await ops.alerts.rules()
    write(RULES + NEW_RULE)
    const changed = await everybody('the new rules', ({ rules }) => rules.length === 4)
    expect(changed.version).not.toBe(before.version)
    await pay('small', 1, 7)
    expect(await firing('small', 'small')).toMatchObject({ severity: 'info', count: 1 })

    write((RULES + NEW_RULE).replace('severity: warning', 'severity: loud'))
    const refusing = await everybody('the refusal', ({ refused }) => refused !== null)
    expect(refusing.version).toBe(changed.version)
    expect(refusing.refused?.faults).toEqual([
      { line: 15, column: 15, field: 'rules[1].severity', detail: expect.stringContaining('"warning"') },
    ])
    const shown = await runOps('alerts', 'rules')
    expect([shown.code, shown.output]).toEqual([
      1,
      expect.stringContaining(`refused: ${rulesFile}:15:15 rules[1].severity: `),
    ])
    expect(
      cluster
        .status()
        .filter(({ node }) => node.startsWith('event-services'))
        .map(({ state }) => state),
    ).toEqual(['ready', 'ready'])
    await pay('small-still', 1, 7)
    await firing('small-still', 'small')

    write(RULES + NEW_RULE)
    await everybody('the mended file', ({ refused }) => refused === null)
    expect((await runOps('alerts', 'rules')).code).toBe(0)
  }, 60_000)

  it('are there at a start, or it fails with that line', () => {
    const file = `${rulesFile}.bad`
    writeFileSync(file, RULES.replace('window: 10m', 'window: soon'))
    const started = spawnSync(process.execPath, [join(import.meta.dirname, '../../event-services/dist/main.js')], {
      encoding: 'utf8',
      timeout: 20_000,
      env: {
        INSTANCE: 'event-services-9',
        LISTEN: '127.0.0.1:0',
        ADMIN_LISTEN: '127.0.0.1:0',
        CLUSTER_SECRET: 'a secret for tests, of 32 letters or more',
        KAFKA_BROKERS: '127.0.0.1:9',
        PRIMARY_URL: 'postgres://nobody@127.0.0.1:9/payments',
        MODULES: 'alerts',
        ALERTS_RULES: file,
      },
    })
    expect([started.status, started.stderr]).toEqual([
      1,
      `unusable alert rules: ${file}:8:15 rules[0].event.window: is no length of time such as 90s, 5m or 1h\n`,
    ])
  })
})
