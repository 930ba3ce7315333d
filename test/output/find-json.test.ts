import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJson } from '../../src/output/find-json.ts'

const found = (output: string, ignored?: readonly string[]): unknown => findJson(output, ignored)?.value

describe('findJson', () => {
  it('finds fenced JSON', () => {
    expect(found('Here it is:\n\n```json\n{\n  "a": [1, 2]\n}\n```\n\nThat is all.\n')).toEqual({ a: [1, 2] })
    expect(found('```\n[{"a": 1}]\n```')).toEqual([{ a: 1 }])
    expect(found('- done:\n\n  ```json\r\n  {"a": 1}\r\n  ```\r\n')).toEqual({ a: 1 })
    expect(found('```json\n{"never": "closed"}')).toEqual({ never: 'closed' })
  })

  it('finds bare JSON', () => {
    expect(found('thinking …\n{"a": 1}\n')).toEqual({ a: 1 })
    expect(found('{"a":\n1}\n\nbye')).toEqual({ a: 1 })
    expect(found('Result: {"a": "}"} (see above)')).toEqual({ a: '}' })
    expect(found('The list is [1, 2].')).toEqual([1, 2])
  })

  it('takes the last one', () => {
    expect(found('```json\n{"a": 1}\n```\nBetter:\n```json\n{"a": 2}\n```\n')).toEqual({ a: 2 })
    expect(found('{"a": 1}\n```json\n{"a": 2}\n```\n')).toEqual({ a: 2 })
    expect(found('```json\n{"a": 1}\n```\n{"a": 2}\n')).toEqual({ a: 2 })
    expect(found('{"a": 1} then {"a": 2} and so on')).toEqual({ a: 2 })
  })

  it('takes JSON that has its lines to itself before JSON inside a line', () => {
    expect(found('{"a": 1}\nSee {"b": 2} and [3].')).toEqual({ a: 1 })
    expect(found('Got {"a": 1}.\nAs in [1].')).toEqual({ a: 1 })
  })

  it('takes the whole of what is nested', () => {
    expect(found('[\n  {"a": 1},\n  {"a": 2}\n]')).toEqual([{ a: 1 }, { a: 2 }])
    expect(found('x\n{\n  "a": {\n    "b": 1\n  }\n}\n')).toEqual({ a: { b: 1 } })
  })

  it('passes over what only looks like JSON', () => {
    expect(found('{"a": 1}\n{ not json }\n[x]\n{"b": \n')).toEqual({ a: 1 })
    expect(found('- [ ] open\n- [x] done\n{}}')).toEqual({})
    expect(found("{'a': 1}")).toBeUndefined()
    expect(found('no JSON here')).toBeUndefined()
    expect(found('')).toBeUndefined()
  })

  it('takes any value where the output is nothing else', () => {
    expect(['42', ' "text"\n', 'null', 'true', '[]'].map((output) => findJson(output))).toEqual(
      [42, 'text', null, true, []].map((value) => ({ value, compact: JSON.stringify(value) })),
    )
    expect(found('The answer is 42')).toBeUndefined()
  })

  it('passes over what the prompt itself showed', () => {
    const shown = ['{"a":"…"}', '{"type":"object"}']
    const echo = 'user:\n```json\n{\n  "type": "object"\n}\n```\n```json\n{\n  "a": "…"\n}\n```\n'
    expect(found(echo, shown)).toBeUndefined()
    expect(found(`${echo}codex:\n{"a": "yes"}\n`, shown)).toEqual({ a: 'yes' })
    expect(found('{"a": "…"}', shown)).toBeUndefined()
  })

  it('finds whatever JSON comes last, after any text', () => {
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), value, fc.constantFrom(undefined, 2), (before, last, indent) => {
        // The text may end in the middle of a line that would go on in the JSON.
        const output = `${before.replace(/[{["]/g, '')}\n${JSON.stringify(last, null, indent)}\n`
        expect(findJson(output)?.compact).toBe(JSON.stringify(last))
      }),
    )
  })

  it.each([
    ['brackets', '['.repeat(1_000_000)],
    ['brackets that close', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['lines of braces', '{\n'.repeat(500_000)],
    ['objects that never close', '{"a":\n'.repeat(170_000)],
    ['lists that never close', '[1,\n'.repeat(250_000)],
    ['braces before a string that never closes', `${'{'.repeat(1000)}"${'a'.repeat(1_000_000)}`],
    ['quotes and backslashes', '{"\\'.repeat(350_000)],
  ])('comes to an end, whatever the output is: %s', (_, output) => {
    expect(findJson(output)).toBeUndefined()
  })
})
