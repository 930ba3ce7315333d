import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inWords, judgementInWords, play, type Recording, recordings } from './fixtures.ts'

/** What each case has to mean, whichever CLI it happens to. */
const MEANING: Readonly<Record<string, string>> = {
  success: 'success',
  'failing-command': 'success',
  'rate-limited-then-success': 'success',
  unauthorized: 'auth',
  'rate-limited': 'rate-limit',
  overloaded: 'overloaded',
  'server-error': 'overloaded',
  cut: 'network',
  'max-turns': 'max-turns',
  'max-budget': 'budget',
  'no-money': 'quota',
  'usage-limit': 'rate-limit',
  'unknown-model': 'model',
  forbidden: 'permission',
}

/** Of a model that is in no list of its own pi makes one, and opencode says nothing. */
const UNLISTED: Readonly<Record<string, string>> = { pi: 'success', opencode: 'crash' }

const title = ({ agent, version, name }: Recording) => `${agent} ${version}: ${name}`

describe.each(recordings.map((recording) => ({ title: title(recording), recording })))('$title', ({ recording }) => {
  const whole = play(recording)

  it('is read as it was', async () => {
    const lines = [...whole.events.map(inWords), judgementInWords(whole.judgement)]
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(recording.folder, 'read.snap.txt'))
  })

  it('means what the case is', () => {
    const { judgement } = whole
    const meaning = judgement.type === 'success' ? 'success' : judgement.reason
    // Stopped by a signal: whatever it says of itself, it is no success.
    if (recording.name === 'terminated') expect(meaning).not.toBe('success')
    else expect(meaning).toBe(MEANING[recording.name] ?? UNLISTED[recording.agent])
  })

  it('is the same with other output between its lines, which is log text', () => {
    const noise = ['npm warn something', '', '{"half": "an object', '[1, 2]', 'null', '"text"', '::error::no']
    const lines = recording.stdout.split('\n').flatMap((line, index) => [line, noise[index % noise.length] ?? ''])
    const { events, judgement } = play(recording, `${lines.join('\n')}\n`)
    const added = new Set(noise)
    expect(events.filter((event) => event.type !== 'log' || !added.has(event.text))).toEqual(whole.events)
    expect(judgement).toEqual(whole.judgement)
  })

  it('does not depend on the order of keys', () => {
    const turned = recording.stdout
      .split('\n')
      .map((line) => (line.startsWith('{') ? JSON.stringify(turn(JSON.parse(line))) : line))
    expect(play(recording, turned.join('\n'))).toEqual(whole)
  })
})

function turn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turn)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inside]) => [name, turn(inside)]),
  )
}
