import { describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'

/** Runs a script with a logger, and returns what it wrote. */
function logged(statement: string): string {
  const script = `
    import { createLogger } from '${new URL('./logging.ts', import.meta.url).href}'
    const logger = createLogger('test-1', 'info')
    ${statement}`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout
}

describe('the log', () => {
  it('says of an error what it is, its code and its cause, and nothing that a driver hung on it', () => {
    const line = logged(`
      const error = Object.assign(new Error('lost', { cause: new Error('reset') }), {
        code: '57P01', client: { password: 'hunter2', connectionParameters: { password: 'hunter2' } } })
      logger.error({ err: error }, 'could not')`)
    expect(JSON.parse(line)).toMatchObject({
      instance: 'test-1',
      msg: 'could not',
      err: { type: 'Error', message: 'lost', code: '57P01', cause: { message: 'reset' } },
    })
    expect(line).not.toContain('hunter2')
  })

  it('never repeats a key, a signature or an identity', () => {
    const line = logged(`
      const headers = { authorization: 'hunter2', 'x-signature': 'hunter2', 'x-identity': 'hunter2' }
      logger.info({ headers, req: { headers }, authorization: 'hunter2', db: { password: 'hunter2' } }, 'request')`)
    expect(line).toContain('[redacted]')
    expect(line).not.toContain('hunter2')
  })
})
