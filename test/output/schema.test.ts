import { describe, expect, it } from 'vitest'
import { judgeOutput } from '../../src/output/judge-output.ts'
import { compileSchema, type OutputSchema } from '../../src/output/schema.ts'
import { withinTime } from '../../src/shell/time-limit.ts'

const compile = async (schema: unknown) =>
  await compileSchema('s.json', typeof schema === 'string' ? schema : JSON.stringify(schema), withinTime)

async function good(schema: unknown): Promise<OutputSchema> {
  const compiled = await compile(schema)
  if (!compiled.ok) throw new Error(compiled.error)
  return compiled.value
}
async function problem(schema: unknown): Promise<string> {
  const compiled = await compile(schema)
  return compiled.ok ? '' : compiled.error
}

const REPORT = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['spec_id', 'findings'],
  additionalProperties: false,
  properties: {
    spec_id: { type: 'string' },
    findings: { type: 'array', items: { type: 'string' }, minItems: 1 },
    verdict: { enum: ['yes', 'no'] },
    score: { type: 'integer', minimum: 1 },
    more: { type: 'object', properties: { deep: { type: 'boolean' } } },
    fourth: { type: 'string' },
  },
}

describe('a schema', () => {
  it('says what does not fit, with JSON pointers', async () => {
    const { check } = await good(REPORT)
    expect(check({ spec_id: 'x', findings: ['y'] })).toEqual([])
    expect(
      check({ findings: ['a', 2, null], verdict: 'maybe', score: 0.5, odd: 1, 'a/b~c': 2 }),
    ).toMatchInlineSnapshot(`
      [
        "the root: must have required property 'spec_id'",
        "the root: must NOT have additional properties ("odd")",
        "the root: must NOT have additional properties ("a/b~c")",
        "/findings/1: must be string",
        "/findings/2: must be string",
        "/verdict: must be equal to one of the allowed values (["yes","no"])",
        "/score: must be integer",
        "/score: must be >= 1",
      ]
    `)
    expect(check([])).toEqual(['the root: must be object'])
  })

  it('is as short as its reader wants it', async () => {
    const { check } = await good({ items: { type: 'string' } })
    const errors = check(Array.from({ length: 100_000 }, (_, index) => index))
    expect(errors).toHaveLength(21)
    expect(errors.at(-1)).toBe('and many more')
    const named = await good({ additionalProperties: false })
    const [line = ''] = named.check({ [`\u001b[31m\n::error::${'x'.repeat(1000)}`]: 1 })
    expect(line).toMatch(/^the root: must NOT have additional properties \("\\u001b\[31m\\n::error::x+…\)$/)
  })

  it('comes with what the prompt shows', async () => {
    const { required, example, text } = await good(REPORT)
    expect(required).toEqual(['spec_id', 'findings'])
    expect(example).toMatchInlineSnapshot(`
      "{
        "spec_id": "…",
        "findings": [
          "…"
        ],
        "verdict": "yes",
        "score": 1,
        "more": {
          "deep": true
        }
      }"
    `)
    expect(JSON.parse(text)).toEqual(REPORT)
  })

  it('shows no example that would break it', async () => {
    expect((await good({ type: 'object', properties: { id: { type: 'string', pattern: '^[A-Z]$' } } })).example).toBe(
      undefined,
    )
    expect((await good({ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } })).example).toBe(undefined)
    expect((await good({ type: 'string' })).example).toBe(undefined)
    expect((await good(JSON.parse('{"properties":{"__proto__":{"const":{"polluted":true}}}}'))).example).toBe(
      '{\n  "__proto__": {\n    "polluted": true\n  }\n}',
    )
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('may be written in the dialects of 2020-12, 2019-09 and draft-07', async () => {
    const tuple = { items: [{ type: 'string' }] }
    for (const dialect of [
      'https://json-schema.org/draft/2019-09/schema',
      'https://json-schema.org/draft/2019-09/schema#',
      'http://json-schema.org/draft-07/schema#',
      'https://json-schema.org/draft-07/schema',
    ])
      expect((await good({ $schema: dialect, ...tuple })).check([1]), dialect).toEqual(['/0: must be string'])
    expect((await good({ prefixItems: tuple.items })).check([1])).toEqual(['/0: must be string'])
    expect(await problem(tuple)).toContain('is no valid JSON Schema: /items: must be object')
    expect(await problem({ $schema: 'http://json-schema.org/draft-04/schema#' })).toContain('that is not known')
    expect(await problem({ $schema: 7 })).toContain('that is not known')
  })

  it('may be true or false, and have keywords that nobody knows', async () => {
    expect((await good(true)).check(1)).toEqual([])
    expect((await good(false)).check(1)).toEqual(['the root: boolean schema is false'])
    expect((await good({ 'x-mine': 1 })).check(1)).toEqual([])
    expect((await good({ $async: true, type: 'string' })).check(1)).toEqual(['the root: must be string'])
  })

  it('does not check formats', async () => {
    expect((await good({ type: 'string', format: 'email' })).check('no address')).toEqual([])
    expect((await good({ format: 'of-my-own' })).check('x')).toEqual([])
  })

  it('refers to its own parts, and fetches nothing', async () => {
    const own = { $id: 'https://example.com/a', $defs: { s: { type: 'string' } } }
    expect((await good({ ...own, items: { $ref: 'https://example.com/a#/$defs/s' } })).check([1])).toHaveLength(1)
    // Twice the same $id: schemas do not see each other.
    expect((await good({ ...own, items: { $ref: '#/$defs/s' } })).check([1])).toHaveLength(1)
    for (const ref of ['https://example.com/b', 'b.json', 'file:///etc/passwd', '#/$defs/none'])
      expect(await problem({ items: { $ref: ref } })).toContain(
        `refers to "${ref}", which is not in it: nothing is fetched`,
      )
  })

  it('is an error where it is none', async () => {
    expect(await problem('{"type": ')).toContain('is not JSON: ')
    expect(await problem('')).toContain('is not JSON: ')
    expect(await problem('[]')).toBe('is no JSON Schema: that is an object, or true or false')
    expect(await problem({ type: 'text', properties: [] })).toMatchInlineSnapshot(
      `"is no valid JSON Schema: /properties: must be object; /type: must be equal to one of the allowed values (["array","boolean","integer","null","number","object","string"]); /type: must be array"`,
    )
    expect(await problem({ pattern: '(' })).toContain('is no valid JSON Schema: ')
    expect(await problem(`${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`)).toContain('is nested too deeply')
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    expect(await problem(`{"const": ${deep}}`)).toBe('is nested too deeply')
    expect(await problem(`{"default": ${deep}}`)).toBe('is nested too deeply')
  })

  it('takes no more time than it is given', async () => {
    const { check } = await good({ items: { pattern: '^(a+)+$' } })
    expect(check([`${'a'.repeat(50)}!`])).toEqual([
      'it takes too long to be checked: a pattern of the schema may be the cause',
    ])
    expect(check(['aaa'])).toEqual([])
    const deep = await good({ items: { $ref: '#' } })
    expect(deep.check(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toEqual([
      'it cannot be checked: it is nested too deeply',
    ])
  })
})

describe('judgeOutput', () => {
  it('judges the last JSON of the output', async () => {
    const schema = await good(REPORT)
    expect(judgeOutput(schema, '```json\n{"spec_id": "x", "findings": ["y"]}\n```\n')).toEqual([])
    expect(judgeOutput(schema, '{"spec_id": "x", "findings": ["y"]}\n{"spec_id": "x"}\n')).toEqual([
      "the root: must have required property 'findings'",
    ])
    expect(judgeOutput(schema, 'All done.\n')).toEqual(['there is no JSON in the output'])
  })

  it('does not take the example of the prompt for an answer, unless it could be one', async () => {
    const schema = await good(REPORT)
    expect(judgeOutput(schema, `${schema.example}\n`)).toEqual(['there is no JSON in the output'])
    const yesOrNo = await good({ type: 'object', properties: { passed: { type: 'boolean' } }, required: ['passed'] })
    expect(yesOrNo.example).toBe('{\n  "passed": true\n}')
    expect(judgeOutput(yesOrNo, '{"passed": true}\n')).toEqual([])
  })
})
