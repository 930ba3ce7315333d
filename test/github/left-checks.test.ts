import { expect, test } from 'vitest'
import { leftCheckTargets } from '../../src/github/left-checks.ts'
import { LiveChecks } from '../../src/github/live-checks.ts'
import type { Journal } from '../../src/shell/journal.ts'
import { FORBIDDEN } from '../github-server/forced.ts'
import { CREATE_CHECK, UPDATE_CHECK } from '../github-server/server.ts'
import { LINKS } from '../report/check-fixture.ts'
import { idAt, LONG, SHA, SOURCES, Story, states } from './story.ts'

/** Check runs of a run whose machine died: the next one on the machine gives its workers their ends, and GitHub hears of them. */

const LOST = { type: 'lost', message: 'The action was killed while this spec was being worked' } as const

/** A run that showed itself, and died with its check runs open; recovery has given its workers their outcomes. */
async function aDeadRun(story: Story, workers: number, mode: 'auto' | 'run' = 'auto'): Promise<Journal> {
  const journal = story.another('dead', workers)
  const checks = new LiveChecks(journal, story.client(), { ...SOURCES, mode, sha: SHA })
  await checks.close(LONG)
  for (let number = 1; number <= workers; number++)
    journal.append({ type: 'worker-done', specId: idAt(number), outcome: LOST })
  return journal
}

function endLeft(story: Story, checks: LiveChecks, journal: Journal, secretsUnknown = false): readonly string[] {
  const { run } = journal.board
  if (!run) throw new Error('no run')
  const said: string[] = []
  const sources = { ...SOURCES, logs: 'https://github.com/o/r/actions/runs/43#artifacts' }
  const left = { run, journal, sources, secretsUnknown }
  checks.endLeft(leftCheckTargets(left, LINKS.links.repository, story.client(), (message) => said.push(message)))
  return said
}

test.concurrent('they end with what became of their workers, and lead to where the logs are now', async () => {
  await using story = await Story.tell(1)
  const journal = await aDeadRun(story, 3)
  journal.append({ type: 'check-run-completed', specId: idAt(3), id: story.server.checkRuns[2]?.id ?? 0 })
  const checks = story.show()
  endLeft(story, checks, journal)
  story.ends(idAt(1))
  expect(await checks.close(LONG)).toBe(0)
  expect(states(story.server)).toEqual([
    ['queued', 'completed failure'],
    ['queued', 'completed failure'],
    ['queued'],
    ['completed success'],
  ])
  expect(story.server.checkRuns[0]).toMatchObject({
    title: expect.stringMatching(/^Failed · lost track of it/),
    summary: expect.stringContaining('[Logs](https://github.com/o/r/actions/runs/43#artifacts)'),
  })
  expect([...journal.board.checkRuns.values()].map(({ completed }) => completed)).toEqual([true, true, true])
  expect(story.server.problems).toEqual([])
})

test.concurrent('one for all ends, too', async () => {
  await using story = await Story.tell(0)
  const journal = await aDeadRun(story, 2, 'run')
  const checks = story.show()
  endLeft(story, checks, journal)
  expect(await checks.close(LONG)).toBe(0)
  expect(states(story.server)).toEqual([['queued', 'completed failure']])
})

test.concurrent('what the living run has to say comes first', async () => {
  await using story = await Story.tell(12)
  const journal = await aDeadRun(story, 6)
  const before = story.server.requests.length
  const checks = story.show()
  endLeft(story, checks, journal)
  await checks.close(LONG)
  const order = story.server.requests.slice(before).map(({ route }) => route)
  expect(order.filter((route) => !route.startsWith('GET '))).toEqual([
    ...Array(12).fill(CREATE_CHECK),
    ...Array(6).fill(UPDATE_CHECK),
  ])
})

test.concurrent('one whose making nobody heard of is found, and none is made', async () => {
  await using story = await Story.tell(0)
  const journal = await aDeadRun(story, 1)
  // GitHub has the second one, the journal does not; the third was never made.
  const planned = [1, 2, 3].map((number) => idAt(number))
  const died = story.another('died', 3)
  await (await story.client()).createCheckRun(SHA, {
    name: `chant / Title of ${idAt(2)}`,
    external_id: idAt(2),
    status: 'queued',
    output: { title: 'Queued', summary: '-' },
  })
  for (const specId of planned) died.append({ type: 'worker-done', specId, outcome: LOST })
  const [first] = journal.board.checkRuns.values()
  died.append({ type: 'check-run-created', specId: idAt(1), id: first?.id ?? 0 })
  const checks = story.show()
  endLeft(story, checks, died)
  expect(await checks.close(LONG)).toBe(0)
  expect(states(story.server)).toEqual([
    ['queued', 'completed failure'],
    ['queued', 'completed failure'],
  ])
})

test.concurrent('where the secrets of the run are gone, nothing is written but the end', async () => {
  await using story = await Story.tell(0)
  const journal = await aDeadRun(story, 1)
  const { title, summary } = story.server.checkRuns[0] ?? {}
  const checks = story.show()
  endLeft(story, checks, journal, true)
  expect(await checks.close(LONG)).toBe(0)
  expect(story.server.checkRuns[0]).toMatchObject({ conclusion: 'failure', title, summary })
  const { body } = story.server.requests.at(-1) ?? {}
  expect(Object.keys(body ?? {}).sort()).toEqual(['conclusion', 'status'])
})

test.concurrent('those of another repository, and those that were off, are left alone', async () => {
  await using story = await Story.tell(0)
  const journal = await aDeadRun(story, 1)
  const { run } = journal.board
  if (!run) throw new Error('no run')
  const left = { run, journal, sources: SOURCES, secretsUnknown: false }
  expect(leftCheckTargets(left, 'https://github.com/o/other', story.client(), () => undefined)).toEqual([])
  journal.append({ type: 'checks-off', reason: 'forbidden' })
  expect(leftCheckTargets(left, LINKS.links.repository, story.client(), () => undefined)).toEqual([])
})

test.concurrent('a refusal is said once, and the living run goes on', async () => {
  let forbidden = false
  await using story = await Story.tell(0, { force: () => (forbidden ? FORBIDDEN : undefined) })
  const journal = await aDeadRun(story, 3)
  forbidden = true
  const checks = story.show()
  const said = endLeft(story, checks, journal)
  const before = story.server.requests.length
  expect(await checks.close(LONG)).toBe(0)
  expect(story.server.requests.length - before).toBe(1)
  expect(said).toEqual([expect.stringMatching(/^Check runs of run 42-1-chant-work stay open: Resource not accessible/)])
})
