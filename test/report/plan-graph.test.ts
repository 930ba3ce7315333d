import { describe, expect, it } from 'vitest'
import { planGraph } from '../../src/report/plan-graph.ts'
import { aPlannedBoard, everyState, HOSTILE_TITLES } from './plan-fixture.ts'

describe('planGraph', () => {
  it('shows what runs and what does not, by what becomes of it', () => {
    const graph = planGraph(everyState())
    expect(graph?.diagram).toMatchInlineSnapshot(`
      "flowchart LR
      n1["001-abc Read the files"]:::ready
      n2["002-abc Check them"]:::later
      n3["003-abc Report"]:::later
      n4["004-abc.2 Second part"]:::ready
      n5["004-abc In parts - driver"]:::driver
      n6["005-abc Somebody is on it - in progress"]:::elsewhere
      n7["006-abc After that - blocked"]:::blocked
      n8["007-abc Costly - needs approval"]:::approval
      n9["008-abc Behind nothing - blocked"]:::blocked
      n10["009-abc - invalid"]:::invalid
      n11["00a-abc Round and round - blocked"]:::blocked
      n12["00x-oth - not in this run"]:::elsewhere
      n13["00x-gone - does not exist"]:::absent
      n1 ==> n2
      n1 --> n3
      n2 ==> n3
      n5 -.- n4
      n6 --> n7
      n3 --> n7
      n12 --> n7
      n8 --> n9
      n13 --> n9
      n11 --> n11
      classDef ready fill:#dafbe1,stroke:#1a7f37,color:#1f2328
      classDef later fill:#ddf4ff,stroke:#0969da,color:#1f2328
      classDef blocked fill:#fff8c5,stroke:#9a6700,color:#1f2328
      classDef approval fill:#fbefff,stroke:#8250df,color:#1f2328
      classDef invalid fill:#ffebe9,stroke:#cf222e,color:#1f2328
      classDef absent fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4 3
      classDef driver fill:#eaeef2,stroke:#6e7781,color:#1f2328
      classDef elsewhere fill:#f6f8fa,stroke:#6e7781,color:#1f2328,stroke-dasharray:4 3"
    `)
    expect(graph?.legend).toMatchInlineSnapshot(
      `"An arrow leads to what waits. Thick arrows are the longest chain. Colours: green: starts at once · blue: waits for others of this run · yellow: blocked · violet: needs approval · red: has to be mended · red, dashed: does not exist · grey: a driver, joined to its members by dots · grey, dashed: not in this run."`,
    )
  })

  it('is absent where nobody waits for anybody', () => {
    expect(planGraph(aPlannedBoard({ a: {}, b: {} }))).toBeUndefined()
    expect(planGraph(aPlannedBoard({}))).toBeUndefined()
  })

  it('leaves out what has no line and no trouble', () => {
    const { diagram = '' } = planGraph(aPlannedBoard({ a: { title: 'a' }, b: { dependsOn: ['a'] }, alone: {} })) ?? {}
    expect(diagram).toContain('n1["a"]')
    expect(diagram).toContain('n2["b Title')
    expect(diagram).not.toContain('alone')
  })

  it('of many specs shows the longest chain, what is blocked and why', () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`s${i}`, i > 0 ? { dependsOn: ['s0'] } : {}]),
    )
    const chain = { c1: {}, c2: { dependsOn: ['c1'] }, c3: { dependsOn: ['c2'] } }
    const { diagram = '' } =
      planGraph(
        aPlannedBoard({ ...many, ...chain }, [
          { specId: 'stuck', reason: { type: 'needs', specs: ['other'] }, dependsOn: ['other', 's7'] },
        ]),
      ) ?? {}
    expect(diagram.match(/(?<=\[")\w+/g)).toEqual(['c1', 'c2', 'c3', 'stuck', 'other'])
    expect(diagram.match(/n\d+ \S+> n\d+/g)).toEqual(['n1 ==> n2', 'n2 ==> n3', 'n5 --> n4'])
  })

  it('stays within 200 boxes, 450 edges and 40,000 characters, and shows something', () => {
    const all = (count: number, needs: (i: number) => readonly string[]) =>
      planGraph(
        aPlannedBoard(
          {},
          Array.from({ length: count }, (_, i) => ({
            specId: `s${i}`,
            title: HOSTILE_TITLES.join(' '),
            reason: { type: 'needs', specs: ['x'] } as const,
            dependsOn: needs(i),
          })),
        ),
      )?.diagram ?? ''
    const nearly = all(199, () => ['x'])
    const tooMany = all(1000, () => ['x'])
    const tangled = all(150, (i) => Array.from({ length: i }, (_, j) => `s${j}`))
    const manyCauses = all(150, (i) => Array.from({ length: 9 }, (_, j) => `x${i}-${j}`))
    for (const drawn of [nearly, tooMany, tangled, manyCauses]) {
      expect(drawn.match(/ --> /g)?.length).toBeLessThanOrEqual(450)
      expect(drawn.length).toBeGreaterThan(0)
      expect(drawn.length).toBeLessThanOrEqual(40_000)
      expect(drawn.match(/\["/g)?.length).toBeLessThanOrEqual(200)
    }
  })
})
