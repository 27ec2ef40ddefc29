import { describe, expect, it } from '@jest/globals'
import { renderTemplate } from './template.ts'

describe('renderTemplate', () => {
  it('fills in known names, braced or not, as envsubst does', () => {
    expect(renderTemplate('listen ${PORT}; # $PORT', { PORT: 8080 })).toBe('listen 8080; # 8080')
  })

  it("leaves nginx's own variables alone", () => {
    const text = 'proxy_set_header Host $host; return 301 https://$host${request_uri};'
    expect(renderTemplate(text, { PORT: 8080 })).toBe(text)
  })

  it('takes whole names only', () => {
    expect(renderTemplate('$PORTS ${PORTS}', { PORT: 8080 })).toBe('$PORTS ${PORTS}')
  })

  it('does not read what it filled in again', () => {
    expect(renderTemplate('${A}', { A: '${B}', B: 'x' })).toBe('${B}')
  })
})
