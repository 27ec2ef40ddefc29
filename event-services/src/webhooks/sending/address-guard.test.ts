import { describe, expect, it } from '@jest/globals'
import { AddressGuard, ForbiddenAddressError, parseNetwork } from './address-guard.ts'

const PUBLIC = '93.184.216.34'
const guard = (names: Readonly<Record<string, string[]>>, trusted: string[] = []): AddressGuard =>
  new AddressGuard(trusted.map(parseNetwork), (name) => Promise.resolve(names[name] ?? []))

describe('where webhooks may lead', () => {
  it('is to the public addresses of a name', async () => {
    const names = { shop: [PUBLIC], both: ['2606:2800:220:1:248:1893:25c8:1946', PUBLIC] }
    expect(await guard(names).addressOf('shop', true)).toBe(PUBLIC)
    expect(await guard(names).addressOf('both', true)).toBe('2606:2800:220:1:248:1893:25c8:1946')
    expect(await guard(names).addressOf('[2606:2800:220:1::1]', true)).toBe('2606:2800:220:1::1')
  })

  it.each([
    ...['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:192.168.0.1', 'fe80::1%eth0', 'fd12::1'],
    ...['::127.0.0.1', '::fffe:7f00:1', '100:0:0:1::1', '4000::1'],
  ])('is not to a name with the address %s, whatever else it has', async (address) => {
    for (const addresses of [[address], [PUBLIC, address]])
      await expect(guard({ shop: addresses }).addressOf('shop', true)).rejects.toThrow(ForbiddenAddressError)
  })

  it('is to the public over TLS alone', async () => {
    await expect(guard({ shop: [PUBLIC] }).addressOf('shop', false)).rejects.toThrow('only https://')
  })

  it('is to networks that are trusted, and to no others', async () => {
    const trusting = guard({ near: ['10.1.2.3'], far: ['10.2.0.1'] }, ['10.1.0.0/16', '::1/128'])
    expect(await trusting.addressOf('near', false)).toBe('10.1.2.3')
    expect(await trusting.addressOf('::1', false)).toBe('::1')
    expect(await trusting.addressOf('[::ffff:10.1.2.3]', false)).toBe('::ffff:10.1.2.3')
    await expect(trusting.addressOf('far', true)).rejects.toThrow(
      'far leads to 10.2.0.1, which is not public (private)',
    )
  })

  it('is nowhere for a name without an address', async () => {
    await expect(guard({}).addressOf('nowhere', true)).rejects.toThrow('nowhere has no address')
  })

  it('is to networks that are such', () => {
    for (const text of ['10.0.0.1', '10.0.0.0/33', 'x/8']) expect(() => parseNetwork(text)).toThrow('ipaddr')
  })
})
