import { expect, it } from '@jest/globals'
import { loadSettings } from '@paycluster/platform/config'
import { settingsSchema } from './config.ts'

const required = {
  BANK_API_KEY: 'a-key-of-16-characters',
  BANK_JOURNAL: '/tmp/journal.jsonl',
  BANK_CARD_KEY: '/tmp/card-key.json',
}
const callbacks = {
  BANK_CALLBACK_URL: 'http://127.0.0.1:9/callbacks',
  BANK_CALLBACK_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
}

it('has defaults for what is not required', () => {
  expect(loadSettings(settingsSchema, required)).toMatchObject({ BANK_PORT: 19_131, BANK_CONTROL_HOST: '127.0.0.1' })
  expect(loadSettings(settingsSchema, { ...required, ...callbacks })).toMatchObject(callbacks)
})

it.each([
  [{ BANK_API_KEY: 'short' }, 'BANK_API_KEY'],
  [{ BANK_PORT: '0' }, 'BANK_PORT'],
  [{ BANK_SEED: '-1' }, 'BANK_SEED'],
  [{ BANK_CALLBACK_URL: callbacks.BANK_CALLBACK_URL }, 'BANK_CALLBACK_URL'],
  [{ BANK_CALLBACK_SECRET: callbacks.BANK_CALLBACK_SECRET }, 'BANK_CALLBACK_URL'],
  [{ ...callbacks, BANK_CALLBACK_URL: 'ftp://127.0.0.1/' }, 'BANK_CALLBACK_URL'],
  [{ ...callbacks, BANK_CALLBACK_SECRET: 'whsec_c2hvcnQ=' }, 'BANK_CALLBACK_SECRET'],
])('stops at %j and names %s', (env, name) => {
  expect(() => loadSettings(settingsSchema, { ...required, ...env })).toThrow(`${name}: `)
})
