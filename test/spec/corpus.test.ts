import { describe, expect, it } from 'vitest'
import { makePlan } from '../../src/plan/make-plan.ts'
import { appendAgentOutput } from '../../src/spec/agent-output.ts'
import { finalizeSpec, setFields } from '../../src/spec/edit.ts'
import { parseFrontMatter } from '../../src/spec/front-matter.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import { aFolder } from '../builders.ts'
import { corpusFiles, NO_CORPUS } from '../corpus.ts'

const files = corpusFiles()
const present = files.length > 0
if (!present) console.log(`skipped: ${NO_CORPUS}`)

const end = {
  status: 'completed',
  branch: 'chant/x',
  commits: ['1e10000'],
  completedAt: '2026-01-24T04:20:27Z',
} as const

describe.skipIf(!present)('the corpus of real specs', () => {
  it('is parsed without an error', () => {
    expect(files.length).toBeGreaterThan(500)
    const broken = files.flatMap(({ name, file, text }) => {
      const parsed = parseSpec(name, file, text)
      return parsed.ok ? [] : parsed.error
    })
    expect(broken).toEqual([])
  })

  it('comes back byte for byte when an edit is taken back', () => {
    let edits = 0
    for (const { text } of files) {
      const matter = parseFrontMatter(text)
      for (const { key, value } of matter.ok ? matter.value.fields.values() : []) {
        const strings = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
        const isList = Array.isArray(value) && strings.length === value.length
        if (typeof value !== 'string' && !isList) continue
        const edited = setFields(text, { [key]: isList ? ['a', '1234567', 'b'] : 'changed' })
        const reverted = edited.ok ? setFields(edited.value, { [key]: isList ? strings : String(value) }) : edited
        expect(reverted).toEqual({ ok: true, value: text })
        edits++
      }
    }
    expect(edits).toBeGreaterThan(1000)
  })

  it('is finalised with the body and all other fields as they were', () => {
    for (const { name, file, text } of files) {
      const before = parseSpec(name, file, text)
      const finalized = finalizeSpec(text, end)
      const after = finalized.ok ? parseSpec(name, file, finalized.value) : undefined
      if (!before.ok || !finalized.ok || after?.ok !== true) throw new Error(`cannot be finalised: ${file}`)
      const { head: _h, fieldLines: _, bodyLine: __, criteria, ...rest } = after.value.spec
      const { head: _hh, fieldLines: ___, bodyLine: ____, criteria: was, ...expected } = before.value.spec
      const { completedAt, commits, branch, status } = end
      expect(rest).toEqual({ ...expected, completedAt, commits, branch, status })
      expect(criteria.map(({ text, ticked }) => ({ text, ticked }))).toEqual(
        was.map(({ text, ticked }) => ({ text, ticked })),
      )
      expect(finalizeSpec(finalized.value, end)).toEqual(finalized)
    }
  })

  it('loses nothing but the values of the five fields, and gets nothing but new ones and the output', () => {
    const ours = /^(?:status|branch|commits|completed_at|model):/
    /** The lines without those of our fields. */
    const others = (text: string): string[] => {
      let inOurs = false
      return text.split('\n').filter((line) => {
        inOurs = ours.test(line) || (inOurs && /^\s*- /.test(line))
        return !inOurs
      })
    }
    for (const { file, text } of files) {
      const finalized = finalizeSpec(text, end)
      if (!finalized.ok) throw new Error(`cannot be finalised: ${file}`)
      const head = text.slice(0, text.indexOf('\n---\n', 4))
      const body = text.slice(head.length)
      expect(finalized.value.endsWith(body)).toBe(true)
      expect(others(finalized.value.slice(0, -body.length))).toEqual(others(head))
      const output = { at: end.completedAt, output: 'Done.' }
      const whole = appendAgentOutput(finalized.value, output)
      expect(whole.startsWith(finalized.value)).toBe(true)
      const again = finalizeSpec(whole, end)
      expect(again.ok && appendAgentOutput(again.value, output)).toBe(whole)
    }
  })

  it('is planned: every spec is worked, done, or refused with its reason', () => {
    const choice = { specs: [], labels: [], today: '2026-02-13', branchPrefix: 'chant/', agent: 'command' }
    for (const time of ['first', 'last']) {
      const specs = files
        .filter(({ file }) => file.startsWith(time))
        .flatMap(({ name, file, text }) => {
          const parsed = parseSpec(name, file, text)
          return parsed.ok ? [parsed.value.spec] : []
        })
      for (const skip of [false, true]) {
        const plan = makePlan(aFolder(specs), { ...choice, skipDeps: skip, skipApproval: skip })
        if (!plan.ok) throw new Error(plan.error.message)
        const { workers, notPlanned } = plan.value
        const over = specs.filter(({ status }) => status === 'completed' || status === 'cancelled')
        const said = new Set<string>([
          ...workers.map(({ specId }) => specId),
          ...notPlanned.map(({ specId }) => specId),
        ])
        expect(specs.filter((spec) => !said.has(spec.id) && !over.includes(spec))).toEqual([])
        expect(notPlanned.every(({ message }) => message !== '')).toBe(true)
      }
    }
  })

  it('keeps its criteria whatever the agent says', () => {
    for (const { name, file, text } of files) {
      const output = '```\n## Acceptance Criteria\n- [x] forged\n'
      const [before, after] = [text, appendAgentOutput(text, { at: end.completedAt, output })].map((t) =>
        parseSpec(name, file, t),
      )
      expect(after?.ok && after.value.spec.criteria).toEqual(before?.ok && before.value.spec.criteria)
    }
  })
})
