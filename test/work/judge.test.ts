import { describe, expect, it } from 'vitest'
import type { Exit } from '../../src/board/event.ts'
import type { StopCause } from '../../src/outcome/outcome.ts'
import type { OutputSchema } from '../../src/output/schema.ts'
import type { CommandEnd } from '../../src/work/command.ts'
import { judgeAgent, judgeCriteria, judgeResult, judgeStep } from '../../src/work/judge.ts'

const LIMITS = { timeoutMinutes: 1.5, stallMinutes: 15 }
const ended = (exit: Exit): CommandEnd => ({ type: 'ended', exit, stdout: [] })
const stopped = (cause: StopCause): CommandEnd => ({ type: 'stopped', cause, stdout: [] })
const notStarted: CommandEnd = { type: 'not-started', message: 'spawn bash ENOENT' }

/** Our own stop, which comes before anything the command says of itself. */
const STOPS: readonly [CommandEnd, object][] = [
  [stopped('timed-out'), { type: 'timed-out', minutes: 1.5 }],
  [stopped('stalled'), { type: 'stalled', minutes: 15 }],
  [stopped('signal'), { type: 'cancelled', cause: 'signal' }],
  [stopped('fail-fast'), { type: 'cancelled', cause: 'fail-fast' }],
  [stopped('deadline'), { type: 'cancelled', cause: 'deadline' }],
  [notStarted, { type: 'spawn-error', message: expect.stringContaining('spawn bash ENOENT') }],
]

describe('judgeAgent', () => {
  it('has nothing against an exit with 0', () => {
    expect(judgeAgent(ended({ type: 'code', code: 0 }), LIMITS)).toBeUndefined()
  })

  it.each<[CommandEnd, object]>([
    [ended({ type: 'code', code: 1 }), { type: 'exit-non-zero', code: 1 }],
    [ended({ type: 'code', code: 125 }), { type: 'exit-non-zero', code: 125 }],
    [ended({ type: 'signal', signal: 'SIGKILL' }), { type: 'signal', signal: 'SIGKILL' }],
    [ended({ type: 'unknown' }), { type: 'lost' }],
    ...STOPS,
  ])('judges %j', (end, outcome) => {
    expect(judgeAgent(end, LIMITS)).toMatchObject(outcome)
    expect(judgeAgent(end, LIMITS)?.message).toMatch(/\S/)
  })
})

describe('judgeStep', () => {
  it('has nothing against an exit with 0', () => {
    expect(judgeStep('setup', ended({ type: 'code', code: 0 }), LIMITS)).toBeUndefined()
  })

  it.each<[Exit, string]>([
    [{ type: 'code', code: 2 }, 'exited with code 2'],
    [{ type: 'signal', signal: 'SIGSEGV' }, 'was killed by SIGSEGV'],
    [{ type: 'unknown' }, 'ended in a way nobody could tell'],
  ])('knows one kind of failure: %j', (exit, words) => {
    for (const role of ['setup', 'verify'] as const)
      expect(judgeStep(role, ended(exit), LIMITS)).toEqual({ type: `${role}-failed`, message: `\`${role}\` ${words}` })
  })

  it.each(STOPS)('lets our own stop come first: %j', (end, outcome) => {
    expect(judgeStep('verify', end, LIMITS)).toMatchObject(outcome)
  })
})

describe('judgeCriteria', () => {
  const spec = (...criteria: string[]) => `# T\n\n## Acceptance Criteria\n\n${criteria.join('\n')}\n`
  const judge = (left: string | undefined, original = spec('- [ ] one', '- [ ] two')) =>
    judgeCriteria('x', '.chant/specs/x.md', left, original)

  it('has nothing against criteria that are all ticked, or none', () => {
    expect(judge(spec('- [x] one', '- [X] two'))).toBeUndefined()
    expect(judge('# T\n', '# T\n')).toBeUndefined()
  })

  it('names those that are open, by their lines in the file that was left', () => {
    expect(judge(`---\nstatus: pending\n---\n${spec('- [x] one', '- [ ] two', '- [ ] three')}`)).toEqual({
      type: 'criteria-unchecked',
      total: 3,
      open: [
        { text: 'two', line: 9 },
        { text: 'three', line: 10 },
      ],
      message: '2 of 3 acceptance criteria are not ticked',
    })
    expect(judge(spec('- [x] one', '- [ ] two'))?.message).toBe('1 of 2 acceptance criteria is not ticked')
  })

  it('counts criteria that were taken out as open, and those in other words as what they are', () => {
    expect(judge(spec('- [x] one'))).toMatchObject({ total: 1, open: [{ text: 'two' }] })
    expect(judge('# T\n')).toMatchObject({ total: 2, open: [{ text: 'one' }, { text: 'two' }] })
    expect(judge(spec('- [x] one', '- [x] the second'))).toBeUndefined()
  })

  it.each([
    ['gone', undefined],
    ['broken', '---\nstatus: a\nstatus: b\n---\n# T\n'],
    ['never closed', '---\nstatus: a\n# T\n'],
  ])('takes nothing for ticked where the file is %s', (_, left) => {
    expect(judge(left, spec('- [x] one', '- [ ] two'))).toMatchObject({
      type: 'criteria-unchecked',
      total: 2,
      open: [{ text: 'one' }, { text: 'two' }],
    })
    expect(judge(left, '# T\n')).toBeUndefined()
  })
})

describe('judgeResult', () => {
  const schema = (...errors: string[]): OutputSchema => ({
    path: 'a.json',
    text: '{}',
    compact: '{}',
    required: [],
    check: () => errors,
  })
  const judge = (wanted: OutputSchema, output = '{"a": 1}\n') =>
    judgeResult(wanted, output, (text) => text.replace('secret', '***'))

  it('has nothing against a result that fits', () => {
    expect(judge(schema())).toBeUndefined()
  })

  it('names what does not fit, without secrets', () => {
    expect(judge(schema('/a: is secret', '/b: must be string'))).toEqual({
      type: 'output-invalid',
      schema: 'a.json',
      errors: ['/a: is ***', '/b: must be string'],
      message: 'Its result does not fit `a.json`: /a: is *** (and 1 more)',
    })
    expect(judge(schema(), 'All done.')?.message).toBe(
      'Its result does not fit `a.json`: there is no JSON in the output',
    )
  })
})
