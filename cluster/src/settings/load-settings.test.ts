import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { loadSettings, settingsFrom } from './load-settings.ts'
import { settingNames } from './setting-names.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'paycluster-settings-'))
})
afterEach(() => {
  rmSync(root, { recursive: true })
})
const config = (text: string): void => {
  writeFileSync(join(root, 'cluster.config.json'), text)
}

describe('loadSettings', () => {
  it('has a default for every setting', () => {
    expect(loadSettings({}, root).ports.gateway).toBe(8080)
    expect(settingNames.every((setting) => setting.description !== '')).toBe(true)
  })

  it('lets cluster.config.json override a default, and the environment override both', () => {
    config('{"ports": {"gateway": 8081, "redis": 16380}, "counts": {"inquiryService": 3}}')
    const settings = loadSettings({ PAYCLUSTER_PORTS_GATEWAY: '8082', PAYCLUSTER_POSTGRES_FSYNC: 'false' }, root)
    expect(settings.ports).toMatchObject({ gateway: 8082, redis: 16_380, kafka: 19_092 })
    expect(settings.counts.inquiryService).toBe(3)
    expect(settings.postgres.fsync).toBe(false)
  })

  it('reads variables for a service as an object', () => {
    const settings = loadSettings({ PAYCLUSTER_SERVICES_PAYMENT_WORKER_ENV: '{"BATCH_MAX": "250"}' }, root)
    expect(settings.services.paymentWorkerEnv).toEqual({ BATCH_MAX: '250' })
  })

  it.each([
    [{ PAYCLUSTER_PORTS_GATEWEY: '1' }, 'unknown setting PAYCLUSTER_PORTS_GATEWEY'],
    [{ PAYCLUSTER_PORTS_GATEWAY: 'http' }, 'PAYCLUSTER_PORTS_GATEWAY: '],
    [{ PAYCLUSTER_PORTS_GATEWAY: '40000' }, 'PAYCLUSTER_PORTS_GATEWAY: '],
  ])('stops at %j and names it', (env, message) => {
    expect(() => loadSettings(env, root)).toThrow(message)
  })

  it.each([
    ['{"port": 1}', 'unknown setting port'],
    ['{"ports": {"gatewey": 1}}', 'unknown setting ports.gatewey'],
    ['{"counts": {"replicas": "two"}}', 'counts.replicas: '],
    ['[]', 'must hold one object'],
    ['{', 'is no JSON'],
  ])('stops at the file %s and names what is wrong', (text, message) => {
    config(text)
    expect(() => loadSettings({}, root)).toThrow(message)
  })
})

describe('settingsFrom', () => {
  it('fills in defaults', () => {
    expect(settingsFrom({ ports: { gateway: 9000 } }).ports).toMatchObject({ gateway: 9000, gatewayTls: 8443 })
  })
})
