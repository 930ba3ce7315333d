import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makePlan } from '../../src/plan/make-plan.ts'
import { planGraph } from '../../src/report/plan-graph.ts'
import { planSummary } from '../../src/report/plan-summary.ts'
import { Journal } from '../report/board-fixture.ts'
import { contextOf, folderOf, lintOf, type Texts } from './lint-of.ts'

/** Real spec files, kept beside the repository and not in it. */
const corpus = resolve(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(corpus)
if (!present) console.log('skipped: no corpus of real specs beside the repository (../shared/corpus)')

const folders: readonly (readonly [string, Texts])[] = present
  ? ['first', 'last'].map((name) => {
      const folder = resolve(corpus, name)
      const texts = readdirSync(folder).map((file) => [
        file.replace(/\.md$/, ''),
        readFileSync(resolve(folder, file), 'utf8'),
      ])
      return [name, Object.fromEntries(texts)] as const
    })
  : []
const choice = {
  specs: [],
  labels: [],
  today: '2026-11-02',
  skipDeps: false,
  skipApproval: false,
  branchPrefix: 'chant/',
  agent: 'command',
}

describe.skipIf(!present)('the corpus of real specs', () => {
  it('holds all files', () => {
    expect(folders.reduce((sum, [, texts]) => sum + Object.keys(texts).length, 0)).toBe(553)
  })

  it.each(folders)('is linted without a crash and the same twice (%s)', (_, texts) => {
    const found = lintOf(texts, { config: { disable: [] } })
    expect(found.length).toBeGreaterThan(10)
    expect(lintOf(texts, { config: { disable: [] } })).toEqual(found)
    for (const { file, line, column } of found) {
      const written = texts[file.replace(/\.md$/, '')]?.split('\n')[line - 1]
      expect(written, `${file}:${line}`).toBeDefined()
      expect(column).toBeLessThanOrEqual((written ?? '').length + 1)
    }
    // Its people worked with a linter that stops on these: only ids that they renamed later are left.
    const errors = new Set(found.filter(({ severity }) => severity === 'error').map(({ code }) => code))
    expect(['missing-title', 'unknown-dependency', 'dependency-cycle']).toEqual(expect.arrayContaining([...errors]))
  })

  it.each(folders)('is planned and drawn, the same twice (%s)', (_, texts) => {
    const folder = folderOf(texts)
    const plan = makePlan(folder, choice)
    if (!plan.ok) throw new Error(plan.error.message)
    expect(makePlan(folderOf(texts), choice)).toEqual(plan)
    expect(contextOf(texts).groups.progressOf('nobody')).toBe('unknown')
    const board = new Journal().add({ type: 'planned', plan: plan.value }).board()
    expect(planSummary(board).length).toBeGreaterThan(100)
    expect((planGraph(board)?.diagram ?? '').length).toBeLessThanOrEqual(40_000)
  })
})
