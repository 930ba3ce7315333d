import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalPaths, findCycles, topologicalOrder, waveNumbers } from '../../src/plan/graph.ts'

const graph = (edges: Record<string, readonly string[]>): Map<string, readonly string[]> =>
  new Map(Object.entries(edges))

/** Any graph, cycles included, over at most 12 nodes. */
const anyGraph = fc
  .array(fc.array(fc.nat(11), { maxLength: 4 }), { maxLength: 12 })
  .map((rows) => new Map(rows.map((row, node) => [String(node), row.map(String)])))

describe('graph', () => {
  it('puts dependencies first and ignores what is outside', () => {
    expect(topologicalOrder(graph({ c: ['b', 'b'], b: ['a', 'outside'], a: [] }))).toEqual(['a', 'b', 'c'])
  })

  it('names a cycle from its smallest id on, for those on it and those behind it', () => {
    const cycles = findCycles(
      graph({ free: [], b: ['c'], c: ['a', 'free'], a: ['b'], behind: ['free', 'c'], last: ['behind'] }),
    )
    expect(cycles.get('a')).toEqual(['a', 'b', 'c', 'a'])
    expect([...cycles.keys()].sort()).toEqual(['a', 'b', 'behind', 'c', 'last'])
    expect(new Set(cycles.values()).size).toBe(1)
  })

  it('names a spec that waits for itself', () => {
    expect(findCycles(graph({ a: ['a'] })).get('a')).toEqual(['a', 'a'])
  })

  it('counts waves and the chain of dependents', () => {
    const diamond = graph({ a: [], b: ['a'], c: ['b'], d: ['a', 'c'], e: [] })
    expect([...waveNumbers(diamond)].sort()).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
      ['e', 1],
    ])
    expect([...criticalPaths(diamond)].sort()).toEqual([
      ['a', 4],
      ['b', 3],
      ['c', 2],
      ['d', 1],
      ['e', 1],
    ])
  })

  it('either orders a spec or names a cycle that really is one', () => {
    fc.assert(
      fc.property(anyGraph, (any) => {
        const order = topologicalOrder(any)
        const cycles = findCycles(any)
        expect([...order, ...cycles.keys()].sort()).toEqual([...any.keys()].sort())
        for (const cycle of cycles.values()) {
          expect(cycle.length).toBeGreaterThan(1)
          expect(cycle.at(0)).toBe(cycle.at(-1))
          expect(new Set(cycle).size).toBe(cycle.length - 1)
          for (const [at, id] of cycle.slice(0, -1).entries()) expect(any.get(id)).toContain(cycle[at + 1])
        }
      }),
    )
  })

  it('takes ten thousand in a row', () => {
    const chain = new Map(Array.from({ length: 10_000 }, (_, n) => [`${n}`, n === 0 ? [] : [`${n - 1}`]]))
    expect(criticalPaths(chain).get('0')).toBe(10_000)
    expect(findCycles(chain.set('0', ['9999'])).size).toBe(10_000)
  })
})
