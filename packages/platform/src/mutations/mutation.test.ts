import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { loadSettings } from '../config.ts'
import { mutationsAllowed, mutationSettings, oncePer } from './mutation.ts'

const schema = z.object({ PORT: z.string(), ...mutationSettings(['drop_command']) }).check(mutationsAllowed)
const load = (env: Record<string, string>) => loadSettings(schema, { PORT: '1', ...env })

describe('a mutation', () => {
  it('is off unless it is asked for', () => {
    expect(load({}).MUTATION).toBeUndefined()
    expect(load({ FAULTS: 'allowed' }).MUTATION).toBeUndefined()
  })

  it('is on where faults are allowed', () => {
    const settings = load({ MUTATION: 'drop_command', MUTATION_EVERY: '7', FAULTS: 'allowed' })
    expect(settings).toMatchObject({ MUTATION: 'drop_command', MUTATION_EVERY: 7 })
  })

  it.each([
    [{ MUTATION: 'drop_command' }, 'MUTATION: breaks'],
    [{ MUTATION: 'drop_command', FAULTS: 'refused' }, 'MUTATION: breaks'],
    [{ MUTATION: 'drop_everything', FAULTS: 'allowed' }, 'MUTATION: '],
    [{ MUTATION: 'drop_command', FAULTS: 'allowed', MUTATION_EVERY: '0' }, 'MUTATION_EVERY: '],
  ])('stops the start at %j', (env, message) => {
    expect(() => load(env)).toThrow(message)
  })

  it('comes once in so many times', () => {
    const isTime = oncePer(3)
    expect(Array.from({ length: 7 }, isTime)).toEqual([false, false, true, false, false, true, false])
  })
})
