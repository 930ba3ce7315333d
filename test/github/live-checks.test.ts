import { describe, expect, test } from 'vitest'
import { CREATE_CHECK, UPDATE_CHECK, UPDATE_COMMENT } from '../github-server/server.ts'
import { idAt, MARKER, Story, states } from './story.ts'

describe('check runs of workers', () => {
  test('are queued, go on and end, and the journal knows them', async () => {
    await using story = await Story.tell(1)
    const { server, journal } = story
    const checks = story.show()
    await server.until(() => server.checkRuns[0]?.status === 'queued')
    story.prepares(idAt(1))
    await server.until(() => server.checkRuns[0]?.status === 'in_progress')
    story.ends(idAt(1))
    expect(await checks.close(10_000)).toBe(0)
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
    const asked = performance.now()
    expect(await checks.close(20_000)).toBe(0)
    expect(performance.now() - asked).toBeLessThan(6_000)
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
    expect(await story.show().close(10_000)).toBe(0)
    expect(states(server)).toEqual([1, 2].map(() => ['queued', 'completed success']))
    expect(await story.show().close(10_000)).toBe(0)
    expect(server.requests.map(({ route }) => route)).toEqual([CREATE_CHECK, CREATE_CHECK, UPDATE_CHECK, UPDATE_CHECK])
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
    expect(await checks.close(15_000)).toBe(0)
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

describe('the comment', () => {
  test('is edited in place, also by the next run', async () => {
    await using story = await Story.tell(1)
    const { server } = story
    const stranger = server.comments.create(7, `${MARKER}\nmine`, { login: 'mallory', type: 'User' })
    const comment = { issue: 7, marker: MARKER }
    const first = story.show({ mode: 'off', comment })
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await first.close(10_000)).toBe(0)
    expect(await story.show({ mode: 'off', comment }).close(10_000)).toBe(0)
    expect(server.comments.on(7)).toMatchObject([{ edits: 0 }, { author: { type: 'Bot' }, edits: 1 }])
    expect(server.comments.get(stranger.id)?.body).toBe(`${MARKER}\nmine`)
    expect(server.checkRuns).toEqual([])
    expect(server.problems).toEqual([])
  })

  test('that somebody removed is made again', async () => {
    await using story = await Story.tell(1)
    const { server } = story
    const checks = story.show({ mode: 'off', comment: { issue: 7, marker: MARKER } })
    await story.until(() => story.journal.board.comment !== undefined)
    server.comments.remove(server.comments.all[0]?.id ?? 0)
    story.ends(idAt(1))
    story.journal.append({ type: 'run-finished', conclusion: 'success' })
    expect(await checks.close(10_000)).toBe(0)
    expect(server.requests.map(({ route }) => route)).toContain(UPDATE_COMMENT)
    expect(server.comments.on(7)).toHaveLength(1)
    expect(story.journal.board.warnings).toEqual([])
  })
})
