import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startArtifactService } from '../artifact-service/service.ts'
import { agent, agentBySpec } from './agent.ts'
import { blockingGit } from './blocking-git.ts'
import { outcomesIn, workerIn } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'
import { unzip } from './zip.ts'

/** main is gone without a word, at any moment: post, or the next run, finds everything and puts it in order. */

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]

describe.skipIf(process.platform !== 'linux')('after main was killed by SIGKILL', () => {
  test('while agents worked, post reaps them, saves and reports', async () => {
    await using service = await startArtifactService()
    await using scene = new Scene({ specs: plainSpecs(3) })
    const action = await scene.start(
      {
        'max-parallel': '2',
        command:
          scene.gate.words +
          agentBySpec({
            [ONE]: "trap '' TERM; leave_daemon; edit; save; echo more > uncommitted.txt; echo half way; wait_here",
            [TWO]: 'edit; wait_here',
          }),
      },
      { env: service.env },
    )
    await scene.gate.cameAll([ONE, TWO], action.done)
    action.kill('SIGKILL')
    const main = await action.done
    expect(main).toMatchObject({ code: null, signal: 'SIGKILL' })
    expect(main.summary === '' || main.summary.startsWith('# chant')).toBe(true)
    expect(
      scene.processes().filter(({ environment }) => 'CHANT_WORKER_TOKEN' in environment).length,
    ).toBeGreaterThanOrEqual(3)

    const post = await action.post()
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
    const results = scene.results()
    expect(outcomesIn(results)).toEqual({ [ONE]: 'lost', [TWO]: 'lost', [THREE]: 'cancelled-before-start' })
    expect(results.run.conclusion).toBe('failure')
    expect(scene.fileOn(`chant/${ONE}`, 'uncommitted.txt')).toBe('more\n')
    expect(workerIn(results, ONE).commits).toHaveLength(2)
    expect(scene.fileOn(`chant/${TWO}`, `work-${TWO}.txt`)).toBe(`${TWO}\n`)
    expect(scene.report(`logs/${ONE}.log`)).toBe('half way\n')
    expect(scene.report(`logs/${ONE}.patch`)).toContain('+++ b/uncommitted.txt')
    expect(service.artifacts.has('chant-logs')).toBe(true)
    expect(post.code).toBe(0)
    expect(post.lines.join('\n')).toMatch(/001-abc .*reaped[\s\S]*by SIGKILL/)
    expect(post.summary).toContain(`chant/${ONE}`)
    expect(scene.git('status', '--porcelain')).toBe('')
  })

  test('while it wrote a file, half of it neither stays nor is taken for work', async () => {
    await using service = await startArtifactService()
    await using scene = new Scene({ specs: plainSpecs(1) })
    const command = scene.gate.words + agent('edit; wait_here')
    const action = await scene.start({ command }, { env: service.env })
    await scene.gate.cameAll([ONE], action.done)
    action.kill('SIGKILL')
    await action.done
    const [state = ''] = scene.stateDirs()
    const specs = join(state, 'wt', ONE, '.chant', 'specs')
    const half = [
      join(specs, `${ONE}.md`),
      join(state, 'report', 'results.json'),
      join(state, 'report', 'logs', `${ONE}.patch`),
      join(state, 'journal.ndjson'),
      join(scene.workspace, '.git', 'shallow'),
    ].map((path) => `${path}.0123456789ab.tmp`)
    const others = [join(specs, 'mine.0123456789ab.tmp'), join(scene.workspace, '.git', 'mine.0123456789ab.tmp')]
    for (const path of [...half, ...others]) writeFileSync(path, 'half')
    await action.post()
    const written = scene.git('ls-tree', '-r', '--name-only', `chant/${ONE}`).split('\n')
    expect(written.filter((name) => name.endsWith('.tmp'))).toEqual(['.chant/specs/mine.0123456789ab.tmp'])
    expect(half.concat(others).filter((path) => existsSync(path))).toEqual(others.slice(1))
    const uploaded = [...unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0)).keys()]
    expect([uploaded.filter((name) => name.endsWith('.tmp')), scene.left()]).toEqual([[], []])
  })

  test.each(['post', 'the next run'])('in its last step, %s only takes that', async (who) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({ command: agent('work') })
    await action.done
    const [state = ''] = scene.stateDirs()
    rmSync(join(state, 'settled'))
    if (who === 'post') await action.post()
    else await scene.run({ command: agent('work'), specs: ONE })
    expect([existsSync(join(state, 'settled')), scene.left()]).toEqual([true, []])
    const [, later = state] = scene.stateDirs()
    expect(existsSync(join(later, 'report', 'recovered'))).toBe(false)
    expect(readFileSync(join(state, 'journal.ndjson'), 'utf8').match(/"type":"run-settled"/g)).toHaveLength(1)
  })

  test('while it prepared, nothing of it stays', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await scene.start({ command: agent('work') }, { env: { PATH: blockingGit(scene, 'worktree add') } })
    await scene.gate.cameAll(['git'], action.done)
    action.kill('SIGKILL')
    await action.done
    scene.gate.pass(10)
    const post = await action.post()
    expect(post.code).toBe(0)
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
    expect(Object.values(outcomesIn(scene.results()))).toEqual(['lost', 'lost'])
  })

  // Whatever the moment: no process, no worktree, no lock stays, every spec has its end, and no finished work is lost.
  test.each(['preparing', 'worktree', 'started', 'judging', 'finalizing', 'committed', 'branch', 'completed'])(
    'when the first spec was %s',
    async (word) => {
      await using scene = new Scene({ specs: plainSpecs(3) })
      let kill: () => void = () => undefined
      const action = await scene.start(
        { 'log-stream': 'events', verify: 'true', 'max-parallel': '2', command: agent('work') },
        { onLine: (line) => (new RegExp(`^\\S+ +\\S+-abc +${word}\\b`).test(line) ? kill() : undefined) },
      )
      kill = () => action.kill('SIGKILL')
      await action.waitForLine(new RegExp(`-abc +${word}\\b`))
      kill()
      await action.done
      const post = await action.post()
      expect(post.code).toBe(0)
      expect([await action.endJob(), scene.left()]).toEqual([[], []])
      const results = scene.results()
      expect(results.run.counts.unfinished).toBe(0)
      const known = ['lost', 'completed', 'cancelled-before-start']
      expect(Object.values(outcomesIn(results)).filter((type) => !known.includes(type ?? ''))).toEqual([])
      for (const { spec_id, branch, commits } of results.workers)
        if (commits.length > 0) expect(scene.fileOn(branch ?? '', `work-${spec_id}.txt`)).toBe(`${spec_id}\n`)
      expect(scene.git('status', '--porcelain')).toBe('')
      expect(() => scene.git('fsck', '--connectivity-only')).not.toThrow()
    },
  )

  test('and no post was run, the next run recovers first', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const first = await scene.start({ command: `${scene.gate.words}${agent('edit; wait_here')}` })
    await scene.gate.cameAll([ONE, TWO], first.done)
    first.kill('SIGKILL')
    await first.done
    const { main, post, killed } = await scene.run({ command: agent('work') })
    expect(main.outputs['conclusion']).toBe('success')
    expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
    const journal = readFileSync(join(scene.stateDirs()[0] ?? '', 'journal.ndjson'), 'utf8')
    const ends = [...journal.matchAll(/"type":"worker-done","specId":"([\w-]+)","outcome":\{"type":"(\w+)"/g)]
    expect(ends.map(([, id, type]) => `${id} ${type}`).sort()).toEqual([`${ONE} lost`, `${TWO} lost`])
    expect(journal).toContain('"type":"run-settled"')
    expect(scene.branches()).toEqual([ONE, TWO].flatMap((id) => [`chant/${id}`, `chant/${id}-r4712`]).concat('main'))
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect((await first.post()).code).toBe(0)
    expect(scene.left()).toEqual([])
  })
})

test('a second run in the same workspace is refused by name while the first is alive', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const first = await scene.start({ command: `${scene.gate.words}${agent('wait_here; work')}` })
  await scene.gate.arrived(1, first.done)
  const second = await scene.run({ command: agent('work') })
  expect(second.main).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
  expect(second.main.annotations).toMatchObject([{ level: 'error' }])
  expect(second.main.annotations[0]?.message).toContain(`4711-1-chant-__self, process ${first.pid}`)
  expect([second.post.lines, second.killed]).toEqual([[], []])
  scene.gate.pass()
  expect((await first.done).outputs['conclusion']).toBe('success')
  await first.post()
  expect([await first.endJob(), scene.left()]).toEqual([[], []])
  expect(scene.stateDirs()).toHaveLength(1)
})
