import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agent } from './agent.ts'
import { finish, Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

/** Where there is no file for a job summary, or none that can be written: everything goes on, and that is said once. */

const MODES = ['run', 'plan', 'lint', 'list', 'clean']
const aboutIt = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.includes('job summary'))

/** A run whose agent works on once it was said, while it runs, that there is no summary: at its end there would be one again. */
async function runPastIt(scene: Scene, path: string) {
  const command = `${scene.gate.words}${agent('wait_here; work')}`
  const action = await scene.start({ command }, { env: { GITHUB_STEP_SUMMARY: path } })
  await action.waitForLine(/job summary/)
  scene.gate.pass()
  return finish(action)
}

test('no file for a summary is a remark in every mode, and changes nothing else', async () => {
  await using scene = new Scene({ specs: { [idOf(1)]: specText() } })
  for (const mode of MODES) {
    const { main, post } =
      mode === 'run'
        ? await runPastIt(scene, '')
        : await scene.run({ mode, command: agent('work') }, { env: { GITHUB_STEP_SUMMARY: '' } })
    expect([mode, main.code, post?.code]).toEqual([mode, 0, 0])
    expect(main.outputs['conclusion']).toBe('success')
    expect(aboutIt(main.lines)).toEqual(['note  no job summary: GITHUB_STEP_SUMMARY names no file'])
    expect(main.annotations.filter(({ level }) => level !== 'notice')).toEqual([])
  }
})

test('a summary that is a folder, or lies below a file, is a warning', async () => {
  await using scene = new Scene({ specs: { [idOf(1)]: specText() } })
  const file = join(scene.root, 'a-file')
  writeFileSync(file, '')
  for (const [path, why] of [
    [scene.root, 'EISDIR'],
    [join(file, 'summary.md'), 'ENOTDIR'],
    [join(scene.root, 'nowhere', 'summary.md'), 'ENOENT'],
  ] as const) {
    const { main } = await scene.run({ mode: 'plan', command: agent('work') }, { env: { GITHUB_STEP_SUMMARY: path } })
    expect(main.code).toBe(0)
    expect(main.annotations.map(({ level, message }) => `${level} ${message}`)).toEqual([
      expect.stringMatching(new RegExp(`^warning The job summary cannot be written to .*: ${why}`)),
    ])
  }
  const { main } = await runPastIt(scene, scene.root)
  expect(main).toMatchObject({ code: 0, outputs: { conclusion: 'success' } })
  expect(aboutIt(main.lines)).toHaveLength(1)
})
