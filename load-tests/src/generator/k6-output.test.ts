import { describe, expect, it } from '@jest/globals'
import { LineSplitter, parseProgress, parseRemark, summariseFaults } from './k6-output.ts'

describe('what k6 says', () => {
  it('tells how many users there are and how far they are', () => {
    expect(parseProgress('running (1m12.5s), 0300/3000 VUs, 6375 complete and 4 interrupted iterations')).toEqual({
      users: 300,
      turns: 6375,
      interrupted: 4,
    })
    expect(parseProgress('shoppers   [  96% ] 300/300 VUs  12.5s/13.0s')).toBeUndefined()
  })

  it('comes in pieces', () => {
    const splitter = new LineSplitter()
    expect(splitter.push('one\ntw')).toEqual(['one'])
    expect(splitter.push('o\n\nthr')).toEqual(['two', ''])
    expect(splitter.push('ee\n')).toEqual(['three'])
  })

  it('has remarks between the payments', () => {
    expect(parseRemark('{"id":"pay_1","source":"acc_1"}')).toBeUndefined()
    expect(parseRemark('{"remark":"seen","user":1,"account":"acc_1","seen":" b1"}')).toBeUndefined()
    expect(parseRemark('{"remark":"started","at_ms":5}')).toEqual({ remark: 'started', at_ms: 5 })
  })

  it('is summarised with the most frequent fault first', () => {
    const refused = { remark: 'refused', operation: 'balance', status: 503, detail: '' } as const
    const backwards = { remark: 'backwards', account: 'acc_1', operation: 'statement', expected: 5, got: 4 } as const
    expect(summariseFaults([backwards, refused, refused], 5)).toEqual([
      '2 × balance refused with 503',
      '1 × statement went backwards',
    ])
  })
})
