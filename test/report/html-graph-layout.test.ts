import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layout } from '../../src/report/html/graph-layout.ts'

const node = (id: string, layer: number, ...needs: string[]) => ({ id, layer, needs })

describe('layout', () => {
  it('puts layers into columns and neighbours beside each other', () => {
    const placed = layout([node('a', 1), node('b', 1), node('c', 2, 'b'), node('d', 2, 'a')])
    const at = new Map(placed.map(({ id, column, row }) => [id, [column, row]]))
    expect(at.get('d')?.[1]).toBe(at.get('a')?.[1])
    expect(at.get('c')?.[1]).toBe(at.get('b')?.[1])
    expect([at.get('a')?.[0], at.get('d')?.[0]]).toEqual([0, 1])
  })

  it('closes gaps between layers and centres short columns', () => {
    expect(layout([node('a', 1), node('b', 1), node('c', 5, 'a', 'b')])).toContainEqual({
      id: 'c',
      column: 1,
      row: 0.5,
    })
  })

  it('gives every node a place of its own, and the same each time', () => {
    const nodes = fc
      .array(fc.nat(5), { maxLength: 40 })
      .map((layers) =>
        layers.map((layer, i) =>
          node(`n${i}`, layer, ...layers.flatMap((other, j) => (other < layer && j % 3 === i % 3 ? [`n${j}`] : []))),
        ),
      )
    fc.assert(
      fc.property(nodes, (all) => {
        const placed = layout(all)
        expect(new Set(placed.map(({ column, row }) => `${column}/${row}`)).size).toBe(all.length)
        expect(Math.min(0, ...placed.map(({ row }) => row))).toBe(0)
        expect(layout(all)).toEqual(placed)
      }),
    )
  })
})
