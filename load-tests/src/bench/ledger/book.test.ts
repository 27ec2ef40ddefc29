import { describe, expect, it } from '@jest/globals'
import { book, compareBooks, type Book } from './book.ts'

const lines = (): Book =>
  new Map([
    ['a', { posted: 5, version: 1 }],
    ['b', { posted: -5, version: 1 }],
  ])

describe('the book', () => {
  it('takes what a cell is to do', () => {
    const expected = lines()
    book(
      expected,
      new Map([
        ['a', { delta: -2, entries: 2 }],
        ['b', { delta: 2, entries: 2 }],
      ]),
    )
    const found = new Map([
      ['a', { posted: 3, version: 3 }],
      ['b', { posted: -3, version: 3 }],
    ])
    expect(compareBooks(expected, found)).toEqual({ wrong: 0, firstWrong: undefined, sumMinor: 0 })
  })

  it.each([
    ['a balance', new Map([...lines(), ['a', { posted: 6, version: 1 }]]), { wrong: 1, firstWrong: 'a', sumMinor: 1 }],
    ['a version', new Map([...lines(), ['b', { posted: -5, version: 2 }]]), { wrong: 1, firstWrong: 'b', sumMinor: 0 }],
    ['an account', new Map([['a', { posted: 5, version: 1 }]]), { wrong: 1, firstWrong: 'b', sumMinor: 5 }],
    ['a stranger', new Map([...lines(), ['c', { posted: 0, version: 0 }]]), { wrong: 1, firstWrong: 'c', sumMinor: 0 }],
  ])('finds %s that is wrong', (_, found, comparison) => {
    expect(compareBooks(lines(), found)).toEqual(comparison)
  })

  it('refuses an account that it does not have', () => {
    expect(() => {
      book(lines(), new Map([['z', { delta: 1, entries: 1 }]]))
    }).toThrow('no account z')
  })
})
