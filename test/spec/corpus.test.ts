import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { appendAgentOutput } from '../../src/spec/agent-output.ts'
import { finalizeSpec, setFields } from '../../src/spec/edit.ts'
import { parseFrontMatter } from '../../src/spec/front-matter.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'

/** Real spec files, kept beside the repository and not in it. */
const corpus = resolve(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(corpus)
if (!present) console.log('skipped: no corpus of real specs beside the repository (../shared/corpus)')

const files = present
  ? ['first', 'last'].flatMap((folder) =>
      readdirSync(resolve(corpus, folder)).map((name) => ({
        name: name.replace(/\.md$/, ''),
        file: `${folder}/${name}`,
        text: readFileSync(resolve(corpus, folder, name), 'utf8'),
      })),
    )
  : []

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
