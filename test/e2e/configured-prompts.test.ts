import { describe, expect, test } from 'vitest'
import { agent, agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]

/** What `.chant/config.md` says about prompts and results. */
describe('by the configuration of the project', () => {
  test('every prompt ends with its extensions, and the project has its name', async () => {
    await using scene = new Scene({
      specs: { [ONE]: specText() },
      files: {
        '.chant/config.md':
          '---\nproject:\n  name: The Name\ndefaults:\n  prompt: mine\n  prompt_extensions: [brief]\n---\n',
        '.chant/prompts/mine.md': 'You work on {{project.name}}.\n',
        '.chant/prompts/extensions/brief.md': '---\nname: brief\n---\n\nBe brief about {{spec.id}}.\n',
      },
    })
    const { main } = await scene.run({ command: agent(`cat > '${scene.root}'/prompt\nwork`) })
    expect(main.code).toBe(0)
    expect(scene.readRoot('prompt')).toMatch(
      new RegExp(`^You work on The Name\\.\n[^]*\n\nBe brief about ${ONE}\\.\n$`),
    )
  })

  test('a result that does not fit its schema fails the spec, and a schema that is none keeps it from starting', async () => {
    const front = 'output_schema: .chant/schemas/report.json'
    await using scene = new Scene({
      specs: {
        [ONE]: specText({ front }),
        [TWO]: specText({ front }),
        [THREE]: specText({ front: 'output_schema: none.json' }),
      },
      files: {
        '.chant/config.md': '---\nproject:\n  name: x\nvalidation:\n  strict_output_validation: true\n---\n',
        '.chant/schemas/report.json': '{"type": "object", "required": ["answer"]}',
      },
    })
    const { main } = await scene.run({
      // An agent that makes the schema fit its result changes nothing: it was read before.
      command: agentBySpec({
        [ONE]: 'work; echo \'{"answer": 42}\'',
        [TWO]: 'echo true > .chant/schemas/report.json; work; echo \'{"question": 42}\'',
      }),
    })
    expect(main.code).toBe(1)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'output-invalid' })
    expect(workerIn(results, TWO).outcome).toEqual({
      type: 'output-invalid',
      reason: 'failed',
      schema: '.chant/schemas/report.json',
      errors: ["the root: must have required property 'answer'"],
      message: "Its result does not fit `.chant/schemas/report.json`: the root: must have required property 'answer'",
    })
    expect(results.not_planned).toEqual([expect.objectContaining({ spec_id: THREE, reason: 'invalid-spec', line: 4 })])
    expect(scene.specOn(`chant/${TWO}`, TWO)).toContain('status: failed')
    expect(main.summary).toContain('- the root: must have required property')
  })
})
