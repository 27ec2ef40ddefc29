import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { leafHash, pathOf, rootOf, rootOfPath } from './merkle-tree.ts'

const leaves = (count: number): Buffer[] => Array.from({ length: count }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)))

/** The inputs and roots that Certificate Transparency's own implementations are tested with. */
const KNOWN_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const KNOWN_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('a tree', () => {
  it.each(KNOWN_ROOTS.map((root, index) => [index + 1, root] as const))(
    'of %d leaves has the known root',
    (n, root) => {
      const known = KNOWN_LEAVES.slice(0, n).map((hex) => leafHash(Buffer.from(hex, 'hex')))
      expect(rootOf(known).toString('hex')).toBe(root)
    },
  )

  it('proves each of its leaves, at its place alone', () => {
    const trees = fc.integer({ min: 1, max: 70 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        index: fc.integer({ min: 0, max: count - 1 }),
        other: fc.integer({ min: 0, max: count - 1 }),
      }),
    )
    fc.assert(
      fc.property(trees, ({ count, index, other }) => {
        const all = leaves(count)
        const root = rootOf(all)
        const path = pathOf(all, index)
        const leaf = all[index] ?? Buffer.alloc(0)
        expect(rootOfPath(leaf, index, count, path)).toEqual(root)
        if (other !== index) {
          expect(rootOfPath(leaf, other, count, path)).not.toEqual(root)
          expect(rootOfPath(all[other] ?? leaf, index, count, path)).not.toEqual(root)
        }
        expect(rootOfPath(leaf, index, count, [...path, leaf])).toBeUndefined()
        if (path.length > 0) expect(rootOfPath(leaf, index, count, path.slice(1))).toBeUndefined()
      }),
    )
  })

  it('has a leaf', () => {
    expect(() => rootOf([])).toThrow(RangeError)
    expect(() => pathOf(leaves(2), 2)).toThrow(RangeError)
    expect(rootOfPath(Buffer.alloc(32), 0, 0, [])).toBeUndefined()
  })
})
