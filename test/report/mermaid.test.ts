import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graph, timeline } from '../../src/report/mermaid.ts'
import { label } from '../../src/report/mermaid-label.ts'
import { aFinishedJournal, aPlan, aPlanned, id, Journal, T0 } from './board-fixture.ts'

describe('label', () => {
  it('holds only letters, numbers and numbered characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        expect(label(s)).toMatch(/^(?:[\p{L}\p{N} _/-]|(?<=\p{L})\.(?=[\p{L}\p{N}])|#\d+;)+$/u)
      }),
    )
    expect(label('a"]; click n1 <b>')).toBe('a#34;#93;#59; click n1 #60;b#62;')
    expect(label('1. node.js in v1.2')).toBe('1#46; node.js in v1#46;2')
    expect(label('')).toBe('-')
  })
})

describe('timeline', () => {
  it('draws a bar for each span that can be seen', () => {
    const journal = aFinishedJournal()
    expect(timeline(journal.board(), T0 + 700_000)).toMatchInlineSnapshot(`
      "---
      displayMode: compact
      config:
        gantt:
          leftPadding: 69
        themeVariables:
          sectionBkgColor: "#8c8cff7d"
          sectionBkgColor2: "#8c8cff7d"
          activeTaskBkgColor: "#4ac26b"
          activeTaskBorderColor: "#1a7f37"
          critBkgColor: "#ff8182"
          critBorderColor: "#cf222e"
          taskBkgColor: "#80ccff"
          taskBorderColor: "#0969da"
          taskTextColor: "#1f2328"
          taskTextDarkColor: "#1f2328"
      ---
      gantt
      dateFormat x
      axisFormat %H:%M
      tickInterval 5minute
      todayMarker off
      section 00k-adf
      4m 56s :active, 1793615462000, 296000ms
      section 00r-xby
      10m 00s :crit, 1793615462000, 600000ms
      section 01c-tud
      2m 35s :active, 1793615465000, 155000ms
      section 02a-x4n
      5m 12s :active, 1793615758000, 312000ms
      section 02b-p9q
      5m 12s :active, 1793615758000, 312000ms"
    `)
  })

  it('gives an agent that ended at once a bar to see, and one that runs a bar until now', () => {
    const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('a'), aPlanned('b')]) })
    journal.start('a', 1).gone('a', 1, 1).at(1).start('b', 2)
    expect(
      timeline(journal.board(), T0 + 101_000)
        ?.split('\n')
        .slice(-4),
    ).toEqual(['section a', `0#46;0s :${T0}, 1010ms`, 'section b', `1m 40s :${T0 + 1000}, 100000ms`])
  })

  it('is absent before anything started', () => {
    expect(timeline(new Journal().add({ type: 'planned', plan: aPlan([aPlanned('a')]) }).board(), T0)).toBeUndefined()
  })
})

describe('graph', () => {
  it('colours specs by outcome', () => {
    expect(graph(aFinishedJournal().board())).toMatchInlineSnapshot(`
      "flowchart LR
      n1["00k-adf Refactor parallel.rs"]:::succeeded
      n2["00r-xby Fix worktree race"]:::failed
      n3["02a-x4n Measure the pool"]:::succeeded
      n4["02b-p9q Name the slots"]:::succeeded
      n5["03f-zz1 Document the flow"]:::notrun
      n1 --> n3
      n1 --> n4
      n2 --> n5
      classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328
      classDef notrun fill:#eaeef2,stroke:#6e7781,color:#1f2328
      classDef succeeded fill:#dafbe1,stroke:#1a7f37,color:#1f2328"
    `)
  })

  it('is absent when no spec depends on another', () => {
    expect(
      graph(new Journal().add({ type: 'planned', plan: aPlan([aPlanned('a'), aPlanned('b')]) }).board()),
    ).toBeUndefined()
  })

  it('of many specs shows failures and the critical path', () => {
    const many = Array.from({ length: 300 }, (_, i) => aPlanned(`s${i}`))
    const chain = [
      aPlanned('c1', { criticalPath: 3 }),
      aPlanned('c2', { criticalPath: 2, dependsOn: [id('c1')] }),
      aPlanned('c3', { dependsOn: [id('c2')] }),
    ]
    const journal = new Journal().add({ type: 'planned', plan: aPlan([...chain, ...many]) })
    journal.done('s7', { type: 'no-commits', message: '' })
    const drawn = graph(journal.board()) ?? ''
    expect(drawn.match(/^n\d+\["(\w+)/gm)).toEqual(['n1["c1', 'n2["c2', 'n3["c3', 'n4["s7'])
  })

  it('stays within 40,000 characters whatever the titles are', () => {
    const many = Array.from({ length: 190 }, (_, i) =>
      aPlanned(`s${i}`, { title: '<'.repeat(200), dependsOn: i > 0 ? [id(`s${i - 1}`)] : [], criticalPath: 190 - i }),
    )
    const drawn = graph(new Journal().add({ type: 'planned', plan: aPlan(many) }).board())
    expect(drawn?.length).toBeLessThanOrEqual(40_000)
  })
})
