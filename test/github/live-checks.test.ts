import { describe, expect, test } from 'vitest'
import { LiveChecks } from '../../src/github/live-checks.ts'
import type { NotPlanned } from '../../src/plan/plan.ts'
import { NOT_FOUND, secondaryLimit } from '../github-server/forced.ts'
import { MALLORY, OCTOCAT } from '../github-server/people.ts'
import { CREATE_CHECK, UPDATE_CHECK, UPDATE_COMMENT } from '../github-server/server.ts'
import { aNotPlanned } from '../report/board-fixture.ts'
import { sooner } from './sooner.ts'
import { idAt, LONG, MARKER, SOURCES, Story, states } from './story.ts'

describe.concurrent('check runs of workers', () => {
  test('are queued, go on and end, and the journal knows them', async () => {
    await using story = await Story.tell(1)
    const { server, journal } = story
    const checks = story.show()
    await server.until(() => server.checkRuns[0]?.status === 'queued')
    story.prepares(idAt(1))
    await server.until(() => server.checkRuns[0]?.status === 'in_progress')
    story.ends(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    expect(states(server)).toEqual([['queued', 'in_progress', 'completed success']])
    expect([...journal.board.checkRuns.values()]).toMatchObject([{ id: server.checkRuns[0]?.id, completed: true }])
    expect(server.problems).toEqual([])
  })

  test('closing takes no longer than the last write, whatever the writers wait for', async () => {
    await using story = await Story.tell(2)
    const { server } = story
    const checks = story.show()
    await server.until(() => server.checkRuns.length === 2)
    story.prepares(idAt(1))
    await server.until(() => server.checkRuns.some(({ status }) => status === 'in_progress'))
    story.prepares(idAt(2))
    await server.until(() => server.checkRuns.every(({ status }) => status === 'in_progress'))
    story.ends(idAt(1))
    story.ends(idAt(2))
    // Whoever waited on would do so for a minute.
    expect(await sooner(checks.close(LONG), 50_000)).toBe(0)
    expect(states(server).every((history) => history.at(-1) === 'completed success')).toBe(true)
  })

  test('that are left open are ended by the next process', async () => {
    await using story = await Story.tell(2)
    const { server } = story
    const main = story.show()
    await story.until(() => story.journal.board.checkRuns.size === 2)
    await main.close(0)
    story.ends(idAt(1))
    story.ends(idAt(2))
    expect(await story.show().close(LONG)).toBe(0)
    expect(states(server)).toEqual([1, 2].map(() => ['queued', 'completed success']))
    expect(await story.show().close(LONG)).toBe(0)
    expect(server.requests.map(({ route }) => route)).toEqual([CREATE_CHECK, CREATE_CHECK, UPDATE_CHECK, UPDATE_CHECK])
  })

  test('that name a process which SIGKILL did not end are told again once it is gone', async () => {
    await using story = await Story.tell(2)
    const { server, journal } = story
    const agent = { specId: idAt(1), token: 'stuck' } as const
    const processes = [{ pid: 4711, start: '1' }]
    journal.append({
      type: 'process-spawning',
      ...agent,
      role: 'agent',
      attempt: 1,
      worktree: '/w',
      stdout: '/o',
      stderr: '/e',
    })
    journal.append({ type: 'process-left', ...agent, processes })
    for (const number of [1, 2]) story.ends(idAt(number))
    expect(await story.show().close(LONG)).toBe(0)
    const summaries = () => server.checkRuns.map(({ summary }) => summary?.includes('| still there | PID 4711'))
    expect(summaries()).toEqual([true, false])
    journal.append({ type: 'process-gone', ...agent, exit: { type: 'unknown' }, swept: [], killed: true })
    expect(await story.show({ takesOver: true }).close(LONG)).toBe(0)
    expect(summaries()).toEqual([false, false])
    expect(await story.show({ takesOver: true }).close(LONG)).toBe(0)
    expect(story.count('check-run-completed')).toBe(3)
  })

  test('share their minute with what the process before wrote in it', async () => {
    await using story = await Story.tell(50)
    const { server, journal } = story
    const ids = Array.from({ length: 50 }, (_, index) => idAt(index + 1))
    for (const [index, specId] of ids.entries()) journal.append({ type: 'check-run-created', specId, id: index + 1 })
    for (const specId of ids) story.ends(specId)
    for (const [index, specId] of ids.slice(0, 22).entries())
      journal.append({ type: 'check-run-completed', specId, id: index + 1 })
    // 72 writes a moment ago: GitHub would refuse one more, and ask for more patience than post has.
    expect(await story.show({ takesOver: true }).close(5_000)).toBe(28)
    expect(server.requests).toEqual([])
  })

  test('are left alone by the next process as long as GitHub has asked the one before it', async () => {
    await using story = await Story.tell(1, {
      force: (_route, before) => (before === 0 ? secondaryLimit(60) : undefined),
    })
    const main = story.show()
    await story.server.until(() => story.server.requests.length === 1)
    await story.until(() => story.count('github-paused') === 1)
    await main.close(0)
    story.ends(idAt(1))
    const post = story.show({ takesOver: true })
    expect(await post.close(5_000)).toBe(1)
    expect(post.pausedFor).toBeGreaterThan(40_000)
    expect(story.server.requests).toHaveLength(1)
  })

  test('have each annotation once, in requests of fifty', async () => {
    await using story = await Story.tell(1)
    const checks = story.show()
    const open = Array.from({ length: 120 }, (_, index) => ({
      text: `Criterion ${index}`,
      line: index + 9,
      ticked: false,
    }))
    story.journal.append({
      type: 'worker-done',
      specId: idAt(1),
      outcome: { type: 'criteria-unchecked', message: '', open, total: 120 },
    })
    expect(await checks.close(LONG)).toBe(0)
    const [run] = story.server.checkRuns
    expect(run?.annotations.map((annotation) => annotation['start_line'])).toEqual(open.map(({ line }) => line))
    expect(run).toMatchObject({ conclusion: 'failure' })
    expect(story.server.requests).toHaveLength(3)
    expect(story.server.problems).toEqual([])
  })

  test('above fifty are one, and so they are when it is asked for', async () => {
    await using many = await Story.tell(51)
    await using few = await Story.tell(2)
    const checks = [many.show(), few.show({ mode: 'run' })]
    for (const story of [many, few]) await story.until(() => story.journal.board.checkRuns.size > 0)
    for (const one of checks) await one.close(0)
    for (const { server } of [many, few])
      expect(server.checkRuns).toMatchObject([{ name: 'chant / all specs', externalId: '42-1-chant-work' }])
    expect([...few.journal.board.checkRuns.keys()]).toEqual([''])
  })
})

describe.concurrent('specs that are not worked', () => {
  const unplanned = (id: string, over: Partial<NotPlanned> = {}): NotPlanned => aNotPlanned(id, { line: 3, ...over })

  test('have a check run where somebody has to approve them, also when nothing is worked', async () => {
    await using story = await Story.tell(0, {}, [
      unplanned('to-approve'),
      unplanned('b', { reason: { type: 'cycle', cycle: [] } }),
    ])
    const checks = story.show()
    expect(await checks.close(LONG)).toBe(0)
    expect(states(story.server)).toEqual([['completed action_required']])
    expect(story.server.checkRuns).toMatchObject([{ externalId: 'to-approve', annotations: [{ start_line: 3 }] }])
    expect([...story.journal.board.checkRuns]).toMatchObject([['to-approve', { completed: true }]])
    expect(story.server.problems).toEqual([])
  })

  test('have one that fails where somebody named them, with the line that is the cause', async () => {
    const named = { asked: true, line: 4 }
    await using story = await Story.tell(1, {}, [
      unplanned('broken', { reason: { type: 'invalid-spec' }, ...named }),
      unplanned('missing', { reason: { type: 'missing-dependency', specs: ['x'] }, ...named }),
      unplanned('blocked', { reason: { type: 'needs', specs: ['x'] }, ...named }),
      unplanned('broken-and-unasked', { reason: { type: 'invalid-spec' } }),
    ])
    const checks = story.show()
    story.ends(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    expect(
      story.server.checkRuns
        .map(({ externalId, conclusion, annotations }) => [
          externalId,
          conclusion,
          annotations[0]?.['annotation_level'] ?? '-',
        ])
        .sort(),
    ).toEqual([
      [idAt(1), 'success', '-'],
      ['blocked', 'failure', 'failure'],
      ['broken', 'failure', 'failure'],
      ['missing', 'failure', 'failure'],
    ])
    expect(story.server.problems).toEqual([])
  })

  test('are told also where a secret is in their name', async () => {
    await using story = await Story.tell(1, {}, [unplanned('to-approve')])
    const checks = story.show({ clean: (text) => text.replaceAll('approve', '***').replaceAll('001-abc', '***') })
    story.ends(idAt(1))
    expect(await checks.close(LONG)).toBe(0)
    const shown = story.server.checkRuns.map(({ externalId, conclusion }) => [externalId, conclusion]).sort()
    expect(shown).toEqual([
      ['2026-11-02-***', 'success'],
      ['to-***', 'action_required'],
    ])
  })

  test('are not told again by the next process', async () => {
    await using story = await Story.tell(0, {}, [unplanned('to-approve')])
    expect(await story.show().close(LONG)).toBe(0)
    expect(await story.show({ takesOver: true }).close(LONG)).toBe(0)
    expect(story.server.requests.map(({ route }) => route)).toEqual([CREATE_CHECK])
  })
})

describe.concurrent('the end', () => {
  test('of every check run can be waited for, before the run itself is finished', async () => {
    await using one = await Story.tell(2)
    await using all = await Story.tell(2)
    const shown = [one.show({ comment: { issue: 7, marker: MARKER } }), all.show({ mode: 'run' })]
    for (const story of [one, all])
      for (const number of [1, 2]) {
        story.prepares(idAt(number))
        story.ends(idAt(number))
      }
    for (const checks of shown) await checks.flushChecks(LONG)
    expect(states(one.server).map((history) => history.at(-1))).toEqual(['completed success', 'completed success'])
    expect(states(all.server).map((history) => history.at(-1))).toEqual(['completed success'])
    for (const { journal } of [one, all])
      expect([...journal.board.checkRuns.values()].every(({ completed }) => completed)).toBe(true)
    // The comment ends with the run: it names what was uploaded.
    one.journal.append({ type: 'artifact-uploaded', name: 'logs', id: 5, url: 'https://github.com/o/r/artifacts/5' })
    one.journal.append({ type: 'run-finished', conclusion: 'success' })
    for (const checks of shown) expect(await checks.close(LONG)).toBe(0)
    expect(one.server.comments.on(7)[0]?.body).toContain('](https://github.com/o/r/artifacts/5)')
    expect(one.server.checkRuns[0]?.summary).toContain('/actions/runs/42#artifacts)')
  })

  test('is waited for no longer than allowed, and nothing is recorded afterwards', async () => {
    await using story = await Story.tell(1, { force: () => 'silence' })
    const checks = story.show()
    story.ends(idAt(1))
    await sooner(checks.flushChecks(500), 1_000)
    expect(await checks.close(0)).toBe(1)
  })
})

describe.concurrent('the comment', () => {
  test('keeps its marker, whatever is a secret: the next run finds it by that', async () => {
    await using story = await Story.tell(1)
    const clean = (text: string) => text.replaceAll('chant', '***')
    const checks = story.show({ mode: 'off', comment: { issue: 7, marker: MARKER }, clean })
    expect(await checks.close(LONG)).toBe(0)
    const body = story.server.comments.on(7)[0]?.body ?? ''
    expect([body.startsWith(`${MARKER}\n`), body.slice(MARKER.length).includes('chant')]).toEqual([true, false])
  })

  test('is edited in place, also by the next run', async () => {
    await using story = await Story.tell(1)
    const { server } = story
    const stranger = server.comments.create(7, `${MARKER}\nmine`, MALLORY)
    const comment = { issue: 7, marker: MARKER }
    const first = story.show({ mode: 'off', comment })
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await first.close(LONG)).toBe(0)
    expect(await story.show({ mode: 'off', comment }).close(LONG)).toBe(0)
    expect(server.comments.on(7)).toMatchObject([{ edits: 0 }, { author: { type: 'Bot' }, edits: 1 }])
    expect(server.comments.get(stranger.id)?.body).toBe(`${MARKER}\nmine`)
    expect(server.checkRuns).toEqual([])
    expect(server.problems).toEqual([])
  })

  test('of a person’s own token is edited by the next run, too', async () => {
    await using story = await Story.tell(1, { writer: OCTOCAT })
    const comment = { issue: 7, marker: MARKER }
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await story.show({ mode: 'off', comment }).close(LONG)).toBe(0)
    const next = new LiveChecks(story.another('next', 1), story.client(), {
      ...SOURCES,
      mode: 'off',
      sha: 'c'.repeat(40),
      comment,
    })
    expect(await next.close(LONG)).toBe(0)
    expect(story.server.comments.on(7)).toMatchObject([{ author: OCTOCAT, edits: 1 }])
  })

  test('of a run that has nothing to say corrects an older one, and is not made', async () => {
    await using story = await Story.tell(0)
    const comment = { issue: 7, marker: MARKER }
    story.journal.append({ type: 'run-finished', conclusion: 'neutral' })
    expect(await story.show({ comment }).close(LONG)).toBe(0)
    expect(story.server.comments.all).toEqual([])
    const older = story.server.comments.create(7, `${MARKER}\n1 of 2 specs completed`)
    expect(await story.show({ comment }).close(LONG)).toBe(0)
    expect(story.server.comments.get(older.id)).toMatchObject({
      edits: 1,
      body: expect.stringContaining('Nothing to do'),
    })
    expect(story.server.checkRuns).toEqual([])
  })

  test('that may not be changed is given up, not asked for again and again', async () => {
    await using story = await Story.tell(1, { force: (route) => (route === UPDATE_COMMENT ? NOT_FOUND : undefined) })
    story.server.comments.create(7, `${MARKER}\nolder`)
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await story.show({ mode: 'off', comment: { issue: 7, marker: MARKER } }).close(LONG)).toBe(0)
    expect(story.server.requests.filter(({ route }) => route === UPDATE_COMMENT)).toHaveLength(2)
    expect(story.journal.board.warnings).toMatchObject([{ code: 'comment' }])
    // Post does not try what main was refused.
    const before = story.server.requests.length
    expect(await story.show({ mode: 'off', comment: { issue: 7, marker: MARKER }, takesOver: true }).close(LONG)).toBe(
      0,
    )
    expect(story.server.requests).toHaveLength(before)
  })

  test('that somebody removed is made again', async () => {
    await using story = await Story.tell(1)
    const { server } = story
    const checks = story.show({ mode: 'off', comment: { issue: 7, marker: MARKER } })
    await story.until(() => story.journal.board.comment !== undefined)
    server.comments.remove(server.comments.all[0]?.id ?? 0)
    story.ends(idAt(1))
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await checks.close(LONG)).toBe(0)
    expect(server.requests.map(({ route }) => route)).toContain(UPDATE_COMMENT)
    expect(server.comments.on(7)).toHaveLength(1)
    expect(story.journal.board.warnings).toEqual([])
  })
})
