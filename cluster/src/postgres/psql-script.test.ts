import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { projectRoot } from '../project-root.ts'
import { renderPsqlScript } from './psql-script.ts'

describe('renderPsqlScript', () => {
  it('quotes values as psql does', () => {
    const script = "\\getenv password APP_PASSWORD\nCREATE ROLE app PASSWORD :'password';"
    expect(renderPsqlScript(script, { APP_PASSWORD: "it's" })).toBe("CREATE ROLE app PASSWORD 'it''s';")
  })

  it('leaves casts alone', () => {
    expect(renderPsqlScript("SELECT '1'::int", {})).toBe("SELECT '1'::int")
  })

  it('refuses what it does not know', () => {
    expect(() => renderPsqlScript('\\copy t from x', {})).toThrow('not supported')
    expect(() => renderPsqlScript('\\getenv a A', {})).toThrow('A is not given')
    expect(() => renderPsqlScript("SELECT :'a'", {})).toThrow('is not set')
  })

  it.each(['roles.sql', 'slots.sql'])('can run %s', (file) => {
    const script = readFileSync(join(projectRoot, 'db/postgres', file), 'utf8')
    const env = Object.fromEntries([...script.matchAll(/^\\getenv \w+ (\w+)/gm)].map(([, name]) => [String(name), 'x']))
    expect(renderPsqlScript(script, env)).not.toMatch(/^\\|:'/m)
  })
})
