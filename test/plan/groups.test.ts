import { describe, expect, it } from 'vitest'
import { makeGroups } from '../../src/plan/groups.ts'
import { findNeeds } from '../../src/plan/needs.ts'
import type { Spec, SpecFolder } from '../../src/spec/spec.ts'
import { aBrokenSpec, aFolder, aSpec } from '../builders.ts'

/** What each open spec waits for, as plain data. */
function waits(specs: readonly Spec[], over: Partial<SpecFolder> = {}): Record<string, readonly string[]> {
  const folder = aFolder(specs, over)
  return Object.fromEntries([...findNeeds(folder, makeGroups(folder))].map(([id, { open }]) => [id, open]))
}

const many = (...ids: string[]): Spec[] => ids.map((id) => aSpec({ id }))

describe('groups', () => {
  it('knows members by number, by name, and below other members', () => {
    const groups = makeGroups(
      aFolder([...many('x.10', 'x.2', 'x.2.1', 'y'), aSpec({ id: 'x', members: ['y', 'x.2'] })]),
    )
    expect(groups.membersOf('x')).toEqual(['x.2', 'x.10', 'y'])
    expect(groups.workIn('x')).toEqual(['x.2.1', 'x.10', 'y'])
    expect(groups.workIn('y')).toEqual(['y'])
    expect(groups.driversAbove('x.2.1')).toEqual(['x.2', 'x'])
    expect(['x', 'x.2', 'x.10', 'y'].map(groups.isDriver)).toEqual([true, true, false, false])
  })

  it('takes a driver or group without members for an empty container, other types for work', () => {
    const groups = makeGroups(
      aFolder([
        aSpec({ id: 'a', type: 'driver' }),
        aSpec({ id: 'b', type: 'group' }),
        aSpec({ id: 'c', type: 'task' }),
      ]),
    )
    expect(['a', 'b', 'c'].map(groups.isDriver)).toEqual([true, true, false])
    expect(groups.workIn('a')).toEqual([])
    expect(groups.unfinishedIn('a')).toEqual(['a'])
  })

  it('counts a driver as done when nothing open is left in it', () => {
    const groups = makeGroups(
      aFolder(
        [aSpec({ id: 'x' }), aSpec({ id: 'x.1', status: 'completed' }), aSpec({ id: 'x.2', status: 'cancelled' })],
        {
          archived: ['x.3'],
        },
      ),
    )
    expect(groups.unfinishedIn('x')).toEqual([])
  })

  it('keeps a driver a driver when all its members are archived', () => {
    expect(makeGroups(aFolder(many('x'), { archived: ['x.1'] })).isDriver('x')).toBe(true)
  })

  it('survives members that name each other', () => {
    const groups = makeGroups(aFolder([aSpec({ id: 'a', members: ['b', 'a'] }), aSpec({ id: 'b', members: ['a'] })]))
    expect(groups.workIn('a')).toEqual([])
    expect(groups.driversAbove('a')).toEqual(['b'])
  })
})

describe('needs', () => {
  it('orders members by number, not by text', () => {
    expect(waits(many('x', 'x.1', 'x.2', 'x.10'))).toEqual({ 'x.1': [], 'x.2': ['x.1'], 'x.10': ['x.2'] })
  })

  it('skips members that are completed or cancelled, and numbers that do not exist', () => {
    const specs = [
      ...many('x', 'x.1', 'x.4'),
      aSpec({ id: 'x.2', status: 'cancelled' }),
      aSpec({ id: 'x.3', status: 'completed' }),
    ]
    expect(waits(specs)).toEqual({ 'x.1': [], 'x.4': ['x.1'] })
  })

  it('lets members with their own `depends_on` wait for these only, while later ones wait for all', () => {
    const specs = [
      ...many('a', 'x', 'x.1', 'x.3'),
      aSpec({ id: 'x.2', dependsOn: ['a'] }),
      aSpec({ id: 'x.4', dependsOn: [] }),
    ]
    expect(waits(specs)).toEqual({ a: [], 'x.1': [], 'x.2': ['a'], 'x.3': ['x.1', 'x.2'], 'x.4': [] })
  })

  it('orders members whose driver has no file', () => {
    expect(waits(many('x.1', 'x.2.1', 'x.2.2', 'x.3'))).toEqual({
      'x.1': [],
      'x.2.1': ['x.1'],
      'x.2.2': ['x.2.1', 'x.1'],
      'x.3': ['x.2.1', 'x.2.2'],
    })
  })

  it('waits for a member that cannot be read', () => {
    expect(waits(many('x', 'x.2'), { broken: [aBrokenSpec('x.1')] })).toEqual({ 'x.2': ['x.1'] })
  })

  it('puts the members in the place of a driver, on both sides', () => {
    const specs = [
      aSpec({ id: 'x' }),
      ...many('x.1', 'x.2'),
      aSpec({ id: 'y', dependsOn: ['x'] }),
      aSpec({ id: 'y.1', dependsOn: [] }),
    ]
    expect(waits([...specs, aSpec({ id: 'z', dependsOn: ['y'] })])).toEqual({
      'x.1': [],
      'x.2': ['x.1'],
      'y.1': ['x.1', 'x.2'],
      z: ['y.1'],
    })
  })

  it('does not make members wait for themselves where the driver names them', () => {
    expect(waits([aSpec({ id: 'x', dependsOn: ['x.1', 'x.2', 'a'] }), ...many('x.1', 'x.2', 'a')])).toEqual({
      a: [],
      'x.1': ['a'],
      'x.2': ['x.1', 'a'],
    })
    // Nor for one that is a group itself, with nothing in it yet.
    const empty = aSpec({ id: 'x.3', type: 'driver' })
    expect(waits([aSpec({ id: 'x', dependsOn: ['x.3'] }), ...many('x.1', 'x.2'), empty])).toEqual({
      'x.1': [],
      'x.2': ['x.1'],
    })
  })

  it('does not wait for what is cancelled, whoever names it', () => {
    const specs = [
      aSpec({ id: 'x' }),
      aSpec({ id: 'x.1', status: 'cancelled' }),
      aSpec({ id: 'y', type: 'driver', status: 'cancelled' }),
      aSpec({ id: 'y.1', status: 'paused' }),
      aSpec({ id: 'a', dependsOn: ['x.1'] }),
      aSpec({ id: 'b', dependsOn: ['x'] }),
      aSpec({ id: 'c', dependsOn: ['y'] }),
    ]
    expect(waits(specs)).toEqual({ a: [], b: [], c: [], 'y.1': [] })
  })

  it('tells a name that nobody has, also where a driver says it', () => {
    const folder = aFolder(
      [aSpec({ id: 'x', dependsOn: ['nobody'] }), aSpec({ id: 'x.1' }), aSpec({ id: 'a', dependsOn: ['old'] })],
      {
        archived: ['old'],
      },
    )
    const needs = findNeeds(folder, makeGroups(folder))
    expect([...needs]).toEqual([
      ['a', { open: [], missing: [] }],
      ['x.1', { open: [], missing: ['nobody'] }],
    ])
  })
})
