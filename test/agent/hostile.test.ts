import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentAdapter } from '../../src/agent/adapter.ts'
import { agents } from '../../src/agent/agents.ts'
import { commandAgent } from '../../src/agent/command.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import { activityOf, toldLines } from '../../src/agent/told.ts'
import { runs } from '../random-cases.ts'
import { hear, recordings } from './fixtures.ts'

const adapters: readonly AgentAdapter[] = [...Object.values(agents), commandAgent('true')]

/** Every name and every short text that real streams have, and what trips up careless readers. */
const words = vocabulary()

function vocabulary(): readonly string[] {
  const found = new Set(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', ''])
  const walk = (value: unknown): void => {
    if (typeof value === 'string' && value.length < 40) found.add(value)
    if (typeof value !== 'object' || value === null) return
    for (const [name, inside] of Object.entries(value)) {
      found.add(name)
      walk(inside)
    }
  }
  for (const { stdout } of recordings)
    for (const line of stdout.split('\n')) if (line.startsWith('{')) walk(JSON.parse(line))
  return [...found]
}

const word = fc.constantFrom(...words)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'medium' },
    word,
    fc.constantFrom(null, true, false, -1, 0, 0.5, 1e308, 429, Number.MAX_SAFE_INTEGER),
    fc.array(tie('any'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(word, tie('any'), { maxKeys: 6 }),
})).object

/** A real line with one of its values put in another's place. */
const bent = fc
  .tuple(
    fc.constantFrom(...recordings.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean))),
    word,
    fc.anything(),
  )
  .map(([line, name, other]) => {
    const event: unknown = JSON.parse(line)
    return JSON.stringify({ ...Object(event), [name]: other }, (_, inside) =>
      typeof inside === 'bigint' ? String(inside) : inside,
    )
  })

const line = fc.oneof(
  value.map((object) => JSON.stringify(object)),
  bent,
  fc.string({ maxLength: 200 }),
  fc.constantFrom('{', '{}', '[]', 'null', '{"type":', '{"type":{}}', '\u0000', '{"type":"result"}', '\ud800'),
)

describe.each(adapters.map((adapter) => ({ name: adapter.name, adapter })))('$name', ({ adapter }) => {
  it('never throws, whatever the lines are, and gives whole events', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const stream = new AgentStream(adapter)
        const events = (['stdout', 'stderr'] as const).flatMap((from) => hear(stream, from, lines.join('\n')))
        for (const event of events) {
          expect(wrong(event)).toEqual([])
          expect([...toldLines(event), activityOf(event)]).toBeDefined()
        }
        const judgement = stream.judge({ type: 'code', code: 0 })
        if (judgement.type === 'failure') expect(typeof judgement.reason).toBe('string')
        expect(typeof judgement.message).toBe('string')
      }),
      { numRuns: runs(300) },
    )
  })

  it('is no success when it was killed or its exit is not known', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.constantFrom('SIGTERM', 'SIGKILL', undefined),
        (lines, signal) => {
          const stream = new AgentStream(adapter)
          hear(stream, 'stdout', lines.join('\n'))
          expect(stream.judge(signal ? { type: 'signal', signal } : { type: 'unknown' }).type).toBe('failure')
        },
      ),
      { numRuns: runs(100) },
    )
  })
})

/** Fields that are not of the type they are declared with. */
function wrong(event: object): readonly string[] {
  const numbers = ['costUsd', 'delayMs', 'status', 'resetsAt']
  const counts = ['input', 'cached', 'output']
  const texts = ['type', 'text', 'id', 'model', 'name', 'summary', 'message', 'reason']
  return Object.entries(event).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (counts.includes(name)) return Number.isInteger(value) && value >= 0 ? [] : [`${name}: ${value}`]
    if (name === 'costUsd' && value < 0) return [`${name}: ${value}`]
    if (numbers.includes(name)) return Number.isFinite(value) ? [] : [`${name}: ${value}`]
    if (texts.includes(name)) return typeof value === 'string' ? [] : [`${name}: ${typeof value}`]
    return name === 'ok' && typeof value === 'boolean' ? [] : [`unknown ${name}`]
  })
}

it('keeps little of a stream that is long', () => {
  for (const adapter of adapters) {
    const stream = new AgentStream(adapter)
    const lines = recordings.find(({ agent, name }) => agent === adapter.name && name === 'success')?.stdout ?? 'x\n'
    for (let i = 0; i < 2_000; i += 1)
      hear(stream, 'stdout', lines.replaceAll(/"(id|item_id)":"[^"]{0,40}"/g, `"$1":"${i}"`))
    expect(JSON.stringify(stream.seen).length).toBeLessThan(5_000)
  }
})

describe('numbers that no vendor means', () => {
  const events = (adapter: AgentAdapter, event: unknown) =>
    new AgentStream(adapter).line('stdout', JSON.stringify(event))

  it('a time that no calendar has is none', () => {
    const said = [
      ...events(commandAgent('true'), { chant: 'rate-limit', resets_at: 1e300 }),
      ...events(agents.claude, { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt: 1e300 } }),
    ]
    expect(said.flatMap((event) => toldLines(event))).toEqual([])
  })

  it('a time in milliseconds where seconds are usual, or in a text, is that time', () => {
    for (const resets_at of [1767268800, 1767268800000, '1767268800', '1767268800000', '2026-01-01T12:00:00Z'])
      expect(events(commandAgent('true'), { chant: 'rate-limit', resets_at })).toEqual([
        { type: 'rate-limit', resetsAt: 1_767_268_800_000 },
      ])
    const rate_limit_info = { status: 'rejected', resetsAt: 1767268800000 }
    expect(events(agents.claude, { type: 'rate_limit_event', rate_limit_info })).toMatchObject([
      { resetsAt: 1_767_268_800_000 },
    ])
    for (const resets_at of ['soon', '', '12:31', null, {}, -1e300])
      expect(events(commandAgent('true'), { chant: 'rate-limit', resets_at })).toEqual([])
  })

  it('a wait below nothing, or of years, is none', () => {
    for (const delay_ms of [-5, 1e308])
      expect(events(commandAgent('true'), { chant: 'retry', status: 429, delay_ms })).toMatchObject([
        { type: 'retry', delayMs: undefined },
      ])
  })

  it('a cost below nothing, or beyond all money, is none; half a token is a whole one', () => {
    const usage = { chant: 'usage', input: 0.5, cached: -3, output: 1e308 }
    for (const cost_usd of [-5, 1e308])
      expect(events(commandAgent('true'), { ...usage, cost_usd })).toEqual([
        { type: 'usage', input: 1, cached: 0, output: Number.MAX_SAFE_INTEGER, costUsd: undefined },
      ])
  })
})

it('takes no time over a text that is nearly all blanks', () => {
  for (const blank of [' ', '\n', ' \n'])
    expect(
      toldLines({ type: 'text', text: `${blank.repeat(1_000_000)}x  \n` })
        .at(-1)
        ?.endsWith('x'),
    ).toBe(true)
})
