import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AgentName, agents, isAgentName } from '../../src/agent/agents.ts'
import { PRICE_LIST } from '../../src/agent/price-list.ts'
import { priced } from '../../src/agent/prices.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import { activityOf, toldLines } from '../../src/agent/told.ts'
import { runs } from '../random-cases.ts'
import { type Recording, recordings } from './fixtures.ts'

/** What real CLIs printed, spoilt in every way in which a stream can be: no word of it may be believed more than it says. */

/** Lines without which nothing is a success, by what the CLIs are documented to print; the adapters are not asked. */
const TERMINAL: Readonly<Record<AgentName, RegExp>> = {
  claude: /"type":"result"/,
  codex: /"type":"turn\.completed"/,
  gemini: /"type":"result"/,
  opencode: /"reason":"stop"/,
  copilot: /"type":"result"/,
  qwen: /"type":"result"/,
  pi: /"type":"turn_end"/,
}

type Mangling = (lines: readonly string[]) => readonly string[]

const mapValues = (line: string, change: (value: unknown) => unknown): string => {
  try {
    return JSON.stringify(JSON.parse(line, (_, value: unknown) => change(value)))
  } catch {
    return line
  }
}
const numbersAs =
  (change: (value: number) => unknown): Mangling =>
  (lines) =>
    lines.map((line) => mapValues(line, (value) => (typeof value === 'number' ? change(value) : value)))
/** Written as it is, for JSON has no such value. */
const numbersWritten =
  (text: string): Mangling =>
  (lines) =>
    lines.map((line) => line.replace(/:-?\d[\d.e+-]*/g, `:${text}`))

const manglings: fc.Arbitrary<Mangling> = fc.oneof(
  fc.nat(10_000).map(
    (at): Mangling =>
      (lines) => {
        const text = lines.join('\n')
        return text.slice(0, at % (text.length + 1)).split('\n')
      },
  ),
  fc.infiniteStream(fc.nat()).map(
    (order): Mangling =>
      (lines) => {
        const weights = [...order.take(lines.length)]
        return lines
          .map((line, n) => ({ line, by: weights[n] ?? 0 }))
          .toSorted((a, b) => a.by - b.by)
          .map(({ line }) => line)
      },
  ),
  fc.nat(20).map(
    (times): Mangling =>
      (lines) =>
        lines.flatMap((line, n) => Array(n % 3 === 0 ? times : 1).fill(line)),
  ),
  fc.nat(50).map(
    (at): Mangling =>
      (lines) =>
        lines.filter((_, n) => n !== at % lines.length),
  ),
  fc.constantFrom('\0', '\ufffd\ufffd', '\ud800', '}', '{"', ' {}', 'null', '[]', '\u2028').map(
    (noise): Mangling =>
      (lines) =>
        lines.flatMap((line) => [noise, line, `${line}${noise}`]),
  ),
  fc.nat(50).map(
    (at): Mangling =>
      (lines) =>
        lines.map((line, n) => (n === at % lines.length ? JSON.stringify(line) : line)),
  ),
  fc.nat(50).map(
    (at): Mangling =>
      (lines) =>
        lines.map((line, n) => (n === at % lines.length ? `{"type":"x","message":${line}}` : line)),
  ),
  fc.constantFrom<Mangling>(
    numbersAs(String),
    numbersAs((value) => -value - 1),
    numbersAs(() => 1e308),
    numbersAs((value) => ({ value })),
    numbersAs((value) => [value]),
    numbersAs(() => null),
    numbersWritten('NaN'),
    numbersWritten('1e999'),
    numbersWritten('-1e999'),
    numbersWritten('0.000001'),
  ),
)

/** Plays lines to the adapter of a recording, and looks that everything it says can be shown and summed up. */
function play({ agent, stderr }: Recording, lines: readonly string[]) {
  const stream = new AgentStream(agents[agent])
  for (const [from, part] of [['stdout', lines] as const, ['stderr', stderr.split('\n')] as const])
    for (const line of part)
      for (const event of stream.line(from, line)) {
        expect([...toldLines(event, '/x'), activityOf(event)]).toBeDefined()
        if (event.type === 'usage') expectAmounts(priced(PRICE_LIST, 'claude-opus-4-5', event))
        if (event.type === 'retry' && event.delayMs !== undefined) expect(event.delayMs).toBeGreaterThanOrEqual(0)
      }
  return stream
}

function expectAmounts({ input, cached, output, costUsd = 0 }: ReturnType<typeof priced>): void {
  for (const amount of [input, cached, output, costUsd]) {
    expect(amount).toBeGreaterThanOrEqual(0)
    expect(amount).toBeLessThan(Number.POSITIVE_INFINITY)
  }
}

describe.each(Object.keys(agents).filter(isAgentName))('%s', (name) => {
  const own = recordings.filter(({ agent, stdout }) => agent === name && stdout.length < 200_000)
  const spoilt = fc.tuple(fc.constantFrom(...own), fc.array(manglings, { minLength: 1, maxLength: 3 }))
  const mangle = (recording: Recording, ways: readonly Mangling[], keep: (line: string) => boolean = () => true) =>
    ways.reduce<readonly string[]>((lines, way) => way(lines), recording.stdout.split('\n').filter(keep))

  it('survives its own stream spoilt, and counts nothing below nothing', () => {
    fc.assert(
      fc.property(spoilt, ([recording, ways]) => {
        const stream = play(recording, mangle(recording, ways))
        expect(typeof stream.judge({ type: 'code', code: 0 }).message).toBe('string')
        expect(stream.judge({ type: 'code', code: 1 }).type).toBe('failure')
      }),
      { numRuns: runs(150) },
    )
  })

  it('never takes what has no end for a success', () => {
    fc.assert(
      fc.property(spoilt, ([recording, ways]) => {
        const lines = mangle(recording, ways, (line) => !TERMINAL[name].test(line))
        expect(play(recording, lines).judge({ type: 'code', code: 0 }).type).toBe('failure')
      }),
      { numRuns: runs(100) },
    )
  })

  it('hears the end behind a line of 10 MB, and keeps nothing of it', () => {
    const success = recordings.find((one) => one.agent === name && one.name === 'success')
    if (!success) throw new Error(`no success of ${name}`)
    const lines = success.stdout.trimEnd().split('\n')
    const end = lines.findIndex((line) => TERMINAL[name].test(line))
    const long = [`{"type":"assistant","text":"${'x'.repeat(10_000_000)}"}`, 'y'.repeat(10_000_000)]
    const stream = play(success, lines.toSpliced(end, 0, ...long))
    expect(stream.judge({ type: 'code', code: 0 }).type).toBe('success')
    expect(JSON.stringify(stream.seen).length).toBeLessThan(10_000)
  })
})
