import { describe, expect, it } from '@jest/globals'
import { renderTemplate, TemplateError, templateVariables } from './render-template.ts'

describe('renderTemplate', () => {
  it('replaces names in capitals and leaves nginx variables alone', () => {
    const template = 'listen ${HTTP_LISTEN}; return 200 "$rid ${status} $1 {1,128}$";'
    expect(renderTemplate(template, { HTTP_LISTEN: '127.0.0.1:8080' })).toBe(
      'listen 127.0.0.1:8080; return 200 "$rid ${status} $1 {1,128}$";',
    )
  })

  it('takes values literally, also empty ones and those that look like a placeholder or a replacement pattern', () => {
    expect(renderTemplate('[${A}${B}]', { A: '', B: '${A}$&' })).toBe('[${A}$&]')
  })

  it('names every missing variable at once', () => {
    expect(() => renderTemplate('${A} ${B} ${C}', { B: 'x' })).toThrow(new TemplateError('no value for A, C'))
  })

  it('lists what a template needs', () => {
    expect(templateVariables('${B} ${A} ${B}')).toEqual(['B', 'A'])
  })
})
