import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent, agentBySpec } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs, specText } from '../e2e/spec-text.ts'

/** Row 27, from the other side: what an agent writes into the spec that it works. */

const [ONE, TWO, THREE, FOUR] = [idOf(1), idOf(2), idOf(3), idOf(4)]

const specs = (...ids: readonly string[]): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, specText({ title: `Task ${id}`, criteria: [] })]))

const warningsOf = ({ annotations }: { annotations: readonly { level: string; message: string }[] }) =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

describe('the front matter that an agent gives its own spec', () => {
  test('keeps every byte but the fields that are ours', async () => {
    await using scene = new Scene({ specs: specs(ONE) })
    const mine = `\\xef\\xbb\\xbf---\\r\\n# mine\\r\\nstatus: "cancelled"  # so it is\\r\\ntype:   code\\r\\nodd: [ 1,2 ]\\r\\ncompleted_at: 1999-01-01T00:00:00Z\\r\\n---\\r\\n# Mine\\r\\nno end of line`
    const { main } = await scene.run({ command: agent(`printf '${mine}' > "$CHANT_SPEC_FILE"; edit; save`) })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(warningsOf(main)).toEqual([])
    expect(scene.specOn(`chant/${ONE}`, ONE).replace(/completed_at: 20\d\d-[\dT:-]+Z/, 'completed_at: NOW')).toMatch(
      new RegExp(
        [
          '^\ufeff---',
          '# mine',
          'status: "completed" {2}# so it is',
          'type: {3}code',
          'odd: \\[ 1,2 \\]',
          'completed_at: NOW',
          `branch: chant/${ONE}`,
          'commits:',
          "- '?[0-9a-f]{7}'?",
          '---',
          '# Mine',
          'no end of line$',
        ].join('\r\n'),
      ),
    )
  })

  test('is given back from the start where it cannot be edited, which is said; its own is in its commits', async () => {
    await using scene = new Scene({ specs: specs(ONE, TWO, THREE, FOUR) })
    const command = agentBySpec({
      [ONE]: `printf -- '---\\nstatus: a\\nstatus: b\\n---\\nbroken\\n' > "$CHANT_SPEC_FILE"; edit; save`,
      [TWO]: `printf 'caf\\xe9\\n' > "$CHANT_SPEC_FILE"; edit`,
      [THREE]: `rm "$CHANT_SPEC_FILE"; edit; save`,
      [FOUR]: `rm "$CHANT_SPEC_FILE"; ln -s /etc/hostname "$CHANT_SPEC_FILE"; edit; save`,
    })
    const { main, killed } = await scene.run({ command })
    expect(outcomesIn(resultsOf(main))).toEqual({
      [ONE]: 'completed',
      [TWO]: 'completed',
      [THREE]: 'completed',
      [FOUR]: 'completed',
    })
    for (const id of [ONE, TWO, THREE, FOUR])
      expect(scene.specOn(`chant/${id}`, id)).toMatch(new RegExp(`^status: completed[\\s\\S]*# Task ${id}\n`, 'm'))
    const left = 'so that its end could not be written into it'
    const back = 'The spec has its text from the start again; what it left is in its commits'
    const said = warningsOf(main).sort()
    expect(said).toHaveLength(4)
    for (const [index, why] of [
      'front matter: duplicate key "status" (first on line 2)',
      'it is not valid UTF-8',
      'it is gone',
      'it is gone',
    ].entries())
      expect(said[index]).toContain(`The agent left .chant/specs/${idOf(index + 1)}.md ${left}: ${why}. ${back}`)
    expect(scene.git('log', '--format=%H', `chant/${ONE}`, '--', `.chant/specs/${ONE}.md`).split('\n')).toHaveLength(3)
    expect(scene.fileOn(`chant/${ONE}~1`, `.chant/specs/${ONE}.md`)).toBe('---\nstatus: a\nstatus: b\n---\nbroken\n')
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('is in the report where git ignores the file', async () => {
    await using scene = new Scene({ files: { '.gitignore': '.chant/\n' }, specs: specs(ONE) })
    const command = agent(`printf -- '---\\nstatus: [\\n---\\nmine\\n' > "$CHANT_SPEC_FILE"; edit; save`)
    const { main } = await scene.run({ command })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(warningsOf(main)).toEqual([expect.stringContaining(`what it left is specs/${ONE}.left.md in the report`)])
    expect(scene.report(`specs/${ONE}.left.md`)).toBe('---\nstatus: [\n---\nmine\n')
    expect(scene.report(`specs/${ONE}.md`)).toMatch(/^status: completed/m)
    expect(existsSync(join(scene.project, '.chant', 'specs', `${ONE}.md`))).toBe(true)
  })
})

test('a spec that its agent made larger than any text is given back like one that is gone', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const { main } = await scene.run({ command: agent('work; truncate -s 100M "$CHANT_SPEC_FILE"') })
  expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'criteria-unchecked' })
  expect(warningsOf(main).join()).toContain('it is too large')
  expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^status: failed$/m)
})
