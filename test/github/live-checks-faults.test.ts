import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { LiveChecks } from '../../src/github/live-checks.ts'
import { BROKEN, FORBIDDEN, type Forced, NOT_FOUND, secondaryLimit, tooMany } from '../github-server/forced.ts'
import { CREATE_CHECK, CREATE_COMMENT, type GithubServerOptions, UPDATE_CHECK } from '../github-server/server.ts'
import { sooner } from './sooner.ts'
import { idAt, LONG, MARKER, SHA, SOURCES, Story, states } from './story.ts'

describe.concurrent('what GitHub refuses', () => {
  test('is said once, and nothing more is written', async () => {
    await using story = await Story.tell(4, { force: () => FORBIDDEN })
    const { server, journal } = story
    const checks = story.show()
    await server.until(() => server.requests.length > 0)
    for (const number of [1, 2, 3, 4]) story.prepares(idAt(number))
    for (const number of [1, 2, 3, 4]) story.ends(idAt(number))
    expect(await checks.close(LONG)).toBe(0)
    expect(story.count('checks-off')).toBe(1)
    expect(journal.board.checksOff).toMatch(/permissions: checks: write/)
    // One more was on its way.
    expect(server.requests.length).toBeLessThanOrEqual(2)
  })

  test('of the comment is not the end of the check runs', async () => {
    await using story = await Story.tell(1, { force: (route) => (route === CREATE_COMMENT ? FORBIDDEN : undefined) })
    const checks = story.show({ comment: { issue: 7, marker: MARKER } })
    await story.server.until(() => story.server.requests.some(({ route }) => route === CREATE_COMMENT))
    story.ends(idAt(1))
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await checks.close(LONG)).toBe(0)
    expect(states(story.server)).toMatchObject([expect.arrayContaining(['completed success'])])
    expect(story.journal.board.checksOff).toBeUndefined()
    expect(story.journal.board.warnings).toMatchObject([
      { code: 'comment', message: expect.stringContaining('permissions: pull-requests: write') },
    ])
  })

  const NO_PATH = 'Invalid property /annotations/0: path is invalid'
  const withAnnotations = (body: Readonly<Record<string, unknown>>): boolean =>
    JSON.stringify(body['output'] ?? null).includes('"annotations":[')

  test('of annotations leaves the check run its end and its words', async () => {
    await using story = await Story.tell(2, {
      force: (_route, _before, { body }) =>
        withAnnotations(body) ? { status: 422, message: `Invalid request.\n\n${NO_PATH}` } : undefined,
    })
    const { server, journal } = story
    const checks = story.show()
    await server.until(() => server.checkRuns.length === 2)
    story.fails(idAt(1))
    story.ends(idAt(2))
    expect(await checks.close(LONG)).toBe(0)
    expect(states(server)).toEqual([
      ['queued', 'completed failure'],
      ['queued', 'completed success'],
    ])
    expect(server.checkRuns[0]).toMatchObject({ text: expect.stringContaining('the last line'), annotations: [] })
    expect(journal.board.checkRuns.get(idAt(1))?.completed).toBe(true)
    expect(journal.board.warnings).toMatchObject([
      {
        code: 'check-run',
        specId: idAt(1),
        message: `GitHub does not take the annotations of this check run (422): Invalid request. ${NO_PATH}.`,
      },
    ])
  })

  test('of its words leaves the check run its state', async () => {
    await using story = await Story.tell(1, {
      force: (_route, _before, { body }) =>
        JSON.stringify(body).includes('the last line') ? { status: 422, message: 'Invalid request.' } : undefined,
    })
    const { server, journal } = story
    const checks = story.show()
    await server.until(() => server.checkRuns.length === 1)
    story.prepares(idAt(1))
    await server.until(() => server.checkRuns[0]?.status === 'in_progress')
    story.fails(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    expect(states(server)).toEqual([['queued', 'in_progress', 'completed failure']])
    expect(server.checkRuns[0]?.summary).toMatch(/^GitHub does not take the details of this check run/)
    // Said once, however often it is written.
    expect(journal.board.warnings).toHaveLength(1)
  })

  test.each([NOT_FOUND, FORBIDDEN])('of what was there a moment ago ($status) is asked again', async (refusal) => {
    await using story = await Story.tell(2, {
      force: (route, before) => (route === UPDATE_CHECK && before === 0 ? refusal : undefined),
    })
    const { server, journal } = story
    const checks = story.show()
    await server.until(() => server.checkRuns.length === 2)
    story.ends(idAt(1))
    story.ends(idAt(2))
    expect(await checks.close(LONG)).toBe(0)
    expect(states(server)).toEqual([
      ['queued', 'completed success'],
      ['queued', 'completed success'],
    ])
    expect(journal.board.checksOff).toBeUndefined()
  })

  test('of a locked conversation is told in GitHub’s words', async () => {
    const message = 'Unable to create comment because issue is locked.'
    await using story = await Story.tell(1, {
      force: (route) => (route === CREATE_COMMENT ? { status: 403, message } : undefined),
    })
    const checks = story.show({ comment: { issue: 7, marker: MARKER } })
    story.ends(idAt(1))
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await checks.close(LONG)).toBe(0)
    expect(story.journal.board.warnings.map((warning) => warning.message)).toEqual([
      'GitHub does not accept the comment (403): Unable to create comment because issue is locked. Continuing without the comment.',
    ])
  })

  test('of one check run alone does not leave the others open', async () => {
    const first: GithubServerOptions['force'] = (_route, _before, { body }) =>
      body['external_id'] === idAt(1) ? { status: 422, message: 'Invalid request.' } : undefined
    await using story = await Story.tell(3, { force: first })
    const { server } = story
    const checks = story.show()
    await server.until(() => server.checkRuns.length === 2, sleep(LONG, undefined, { ref: false }))
    for (const number of [1, 2, 3]) story.ends(idAt(number))
    expect(await checks.close(LONG)).toBe(0)
    expect(server.checkRuns.map(({ externalId, conclusion }) => [externalId, conclusion])).toEqual([
      [idAt(2), 'success'],
      [idAt(3), 'success'],
    ])
  })
})

describe.concurrent('bad weather', () => {
  const limits: readonly (readonly [string, Forced])[] = [
    ['a 429', tooMany(3)],
    ['a secondary limit', secondaryLimit(3)],
  ]
  test.each(limits)('%s is waited for, and what happened meanwhile is written at once', async (_, forced) => {
    await using story = await Story.tell(1, {
      force: (route, before) => (route === UPDATE_CHECK && before === 0 ? forced : undefined),
    })
    const { server } = story
    const checks = story.show()
    await server.until(() => server.checkRuns.length === 1)
    story.prepares(idAt(1))
    await server.until(() => server.requests.length === 2)
    story.ends(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    const updates = server.requests.filter(({ route }) => route === UPDATE_CHECK)
    expect(updates).toHaveLength(2)
    expect((updates[1]?.at ?? 0) - (updates[0]?.at ?? 0)).toBeGreaterThanOrEqual(2_950)
    expect(states(server)).toEqual([['queued', 'completed success']])
  })

  test('nobody waits for a limit that ends after they must go', async () => {
    await using story = await Story.tell(1, { force: () => tooMany(3_600) })
    const checks = story.show()
    await story.server.until(() => story.server.requests.length === 1)
    story.ends(idAt(1))
    expect(await sooner(checks.close(LONG), 50_000)).toBe(1)
    expect(story.server.requests).toHaveLength(1)
  })

  test.each([1e9, 1e20])('a limit of %d seconds ends nothing but the waiting', async (seconds) => {
    await using story = await Story.tell(1, { force: () => tooMany(seconds) })
    const checks = story.show()
    await story.until(() => story.count('github-paused') === 1)
    story.ends(idAt(1))
    expect(await sooner(checks.close(LONG), 50_000)).toBe(1)
    expect(story.server.requests).toHaveLength(1)
  })

  test('a limit that is heard of when nothing can be written down any more is no fault', async () => {
    await using story = await Story.tell(1, { force: () => tooMany(60) })
    using journal = story.another('full', 1)
    const checks = new LiveChecks(journal, story.client(), { ...SOURCES, mode: 'auto', sha: SHA })
    vi.spyOn(journal, 'append').mockImplementation(() => {
      throw new Error('No space is left')
    })
    await story.server.until(() => story.server.requests.length === 1)
    await expect.poll(() => checks.pausedFor).toBeGreaterThan(0)
    expect(await checks.close(0)).toBe(1)
  })

  test('nor for a try that is due after that', async () => {
    await using story = await Story.tell(1, { force: (route) => (route === CREATE_CHECK ? BROKEN : undefined) })
    const checks = story.show()
    const tries = () => story.server.requests.filter(({ route }) => route === CREATE_CHECK).length
    await story.server.until(() => tries() === 3)
    // The next one follows four seconds after the third has failed.
    expect(await sooner(checks.close(3_900), 3_800)).toBe(1)
    expect(checks.pending).toMatchObject({ checks: 1, comments: 0, trouble: { status: 502, message: 'Server Error' } })
  })

  const passing: readonly (readonly [string, Forced])[] = [
    ['a 502', BROKEN],
    ['a cut connection', 'reset'],
  ]
  test.each(passing)('%s three times in a row changes nothing in the end', async (_, forced) => {
    await using story = await Story.tell(2, {
      force: (route, before) => (route === CREATE_CHECK && before < 3 ? forced : undefined),
    })
    const checks = story.show()
    story.ends(idAt(1))
    story.ends(idAt(2))
    expect(await checks.close(LONG)).toBe(0)
    expect(story.server.checkRuns.map(({ conclusion }) => conclusion)).toEqual(
      expect.arrayContaining(['success', 'success']),
    )
  })

  test.each(passing)('a change that meets %s three times is written in the end', async (_, forced) => {
    await using story = await Story.tell(1, {
      force: (route, before) => (route === UPDATE_CHECK && before < 3 ? forced : undefined),
    })
    const checks = story.show()
    await story.server.until(() => story.server.checkRuns.length === 1)
    story.ends(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    expect(states(story.server)).toEqual([['queued', 'completed success']])
  })

  test.each(['silence', 'trickle', 'reset'] as const)('%s keeps nobody longer than they wait', async (forced) => {
    await using story = await Story.tell(3, { force: () => forced })
    const checks = story.show()
    await story.server.until(() => story.server.requests.length > 0)
    for (const number of [1, 2, 3]) story.ends(idAt(number))
    await sooner(checks.close(2_000), 2_500)
    expect(story.count('check-run-created')).toBe(0)
  })

  test('what was made although the answer was lost is not made again', async () => {
    await using story = await Story.tell(1, { force: (_route, before) => (before === 0 ? 'reset-after' : undefined) })
    const checks = story.show({ comment: { issue: 7, marker: MARKER } })
    await story.server.until(() => story.server.checkRuns.length === 1 && story.server.comments.all.length === 1)
    story.ends(idAt(1))
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    await checks.close(LONG)
    expect(states(story.server)).toMatchObject([expect.arrayContaining(['completed success'])])
    expect(story.server.comments.all).toHaveLength(1)
  })

  test('annotations whose answer was lost are not sent again', async () => {
    const text = 'x'
    const open = Array.from({ length: 70 }, (_, index) => ({ text, line: index + 9, ticked: false }))
    await using story = await Story.tell(1, {
      force: (route, before) => (route === UPDATE_CHECK && before < 2 ? 'reset-after' : undefined),
    })
    const checks = story.show()
    await story.server.until(() => story.server.checkRuns.length === 1)
    story.journal.append({
      type: 'worker-done',
      specId: idAt(1),
      outcome: { type: 'criteria-unchecked', message: '', open, total: 70 },
    })
    expect(await checks.close(LONG)).toBe(0)
    expect(story.server.checkRuns[0]?.annotations.map((one) => one['start_line'])).toEqual(open.map(({ line }) => line))
    expect(story.server.problems).toEqual([])
  })

  test('half an answer is none', async () => {
    await using story = await Story.tell(1, {
      force: (route, before) => (route === CREATE_CHECK && before === 0 ? 'trickle' : undefined),
    })
    const checks = story.show()
    story.ends(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    expect(story.server.requests.filter(({ path }) => path.includes('undefined'))).toEqual([])
    expect(story.server.checkRuns.at(-1)).toMatchObject({ conclusion: 'success' })
    expect(story.server.problems).toEqual([])
  })
})
