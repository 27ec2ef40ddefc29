import { expect, it } from '@jest/globals'
import { DocumentSlots } from './document-slots.ts'

it('gives out as many places as there are, and to one client as it may have', () => {
  const slots = new DocumentSlots({ total: 3, ofClient: 2 })
  const first = slots.take(1)
  slots.take(1)
  expect(() => slots.take(1)).toThrow(expect.objectContaining({ code: 'overloaded' }))
  slots.take(2)
  expect(() => slots.take(3)).toThrow(expect.objectContaining({ code: 'overloaded' }))
  first()
  first()
  slots.take(1)
  expect(() => slots.take(3)).toThrow(expect.objectContaining({ code: 'overloaded' }))
})
