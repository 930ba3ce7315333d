import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { promptNameFor } from '../../src/prompt/choose.ts'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'
import { type InstructionSettings, type Instructions, readInstructions } from '../../src/work/instructions.ts'
import { aSpec, specId } from '../builders.ts'
import { scratch } from '../scripts/scratch.ts'

const ONE = '2026-11-02-001-abc'
const TWO = '2026-11-02-002-abc'

type Files = Readonly<Record<string, string>>
type Specs = readonly Parameters<typeof aSpec>[0][]

/** The choice with this input or configuration. */
function by({ input, config }: { input?: string; config?: string }): InstructionSettings['choosePrompt'] {
  return (spec, own) => promptNameFor(spec, { input, configDefault: config, own })
}

const SETTINGS: InstructionSettings = {
  choosePrompt: by({}),
  promptExtensions: [],
  projectName: 'demo',
  strictOutput: true,
}
const attempt = async (files: Files, specs: Specs, settings: Partial<InstructionSettings> = {}, project = '') => {
  const root = scratch({ 'README.md': '', ...files })
  const from = { directory: join(root, project), root }
  return await readInstructions(from, specs.map(aSpec), { ...SETTINGS, ...settings })
}

async function instruct(...args: Parameters<typeof attempt>): Promise<Instructions> {
  const read = await attempt(...args)
  if (!read.ok) throw new Error(read.error)
  return read.value
}
async function refusal(...args: Parameters<typeof attempt>): Promise<string> {
  const read = await attempt(...args)
  return read.ok ? '' : read.error
}
const unusable = ({ unusable }: Instructions): readonly string[] =>
  [...unusable].map(([id, diagnostic]) => `${id} ${formatDiagnostic(diagnostic)}`)
const warnings = ({ warnings }: Instructions): readonly string[] => warnings.map(formatDiagnostic)

describe('prompts', () => {
  it('are read by the name that input, spec or configuration say', async () => {
    const files = { '.chant/prompts/a.md': 'A', '.chant/prompts/b.md': 'B', '.chant/prompts/bootstrap.md': 'Boot' }
    const specs = [{ id: ONE, prompt: 'a' }, { id: TWO }]
    const texts = async (settings?: Partial<InstructionSettings>) => {
      const { promptOf } = await instruct(files, specs, settings)
      return [ONE, TWO].map((id) => promptOf(specId(id)).text)
    }
    expect(await texts()).toEqual(['A', 'Boot'])
    expect(await texts({ choosePrompt: by({ config: 'b' }) })).toEqual(['A', 'B'])
    expect(await texts({ choosePrompt: by({ config: 'b', input: 'bootstrap' }) })).toEqual(['Boot', 'Boot'])
  })

  it('come with their extensions in order', async () => {
    const files = { '.chant/prompts/extensions/a.md': 'A', '.chant/prompts/extensions/b.md': 'B' }
    const { promptOf } = await instruct(files, [{ id: ONE }], { promptExtensions: ['b', 'a'] })
    expect(promptOf(specId(ONE))).toMatchObject({ name: 'standard', extensions: ['B', 'A'] })
  })

  it('of a spec that are wrong stop that spec alone', async () => {
    const files = {
      '.chant/prompts/round.md': '---\nextends: round\n---\n',
      '.chant/prompts/documentation.md': '---\nextends: 7\n---\n',
    }
    const specs = [
      { id: ONE, prompt: 'none', fieldLines: { prompt: 4 } },
      { id: TWO, prompt: 'round' },
      { id: '2026-11-02-003-abc', prompt: '../../etc/passwd' },
      { id: '2026-11-02-004-abc' },
      { id: '2026-11-02-005-abc', type: 'documentation' },
    ]
    const read = await instruct(files, specs)
    expect(unusable(read)).toEqual([
      `${ONE} .chant/specs/${ONE}.md:4:1 No prompt is named "none": .chant/prompts/none.md does not exist, and built in are bootstrap, documentation, research, standard, tdd.`,
      `${TWO} .chant/prompts/round.md:2:1 prompts extend each other in a circle: round → round`,
      expect.stringContaining('"../../etc/passwd" cannot be the name of a prompt'),
      expect.stringContaining('.chant/prompts/documentation.md:2:1 extends "7"'),
    ])
    expect(read.promptOf(specId('2026-11-02-004-abc')).name).toBe('standard')
  })

  it('of all specs that are wrong are an error of the run', async () => {
    expect(await refusal({}, [{}], { choosePrompt: by({ input: 'none' }) })).toContain(
      'Input `prompt`: No prompt is named "none"',
    )
    expect(await refusal({}, [{}], { choosePrompt: by({ config: 'none' }) })).toContain(
      '`defaults.prompt`: No prompt is named "none"',
    )
    expect(await refusal({}, [{}], { promptExtensions: ['none'] })).toContain(
      '`defaults.prompt_extensions`: No prompt extension is named "none"',
    )
    expect(await refusal({ '.chant/prompts/bootstrap.md': '---\nextends: x\n---\n' }, [{}])).toContain(
      '.chant/prompts/bootstrap.md:2:1 extends "x", and there is no such prompt',
    )
    // Nothing is worked, so nothing is wrong.
    expect(await refusal({}, [], { promptExtensions: ['none'], choosePrompt: by({ input: 'none' }) })).toBe('')
  })

  it('are warned about once, however many specs they are for', async () => {
    const files = { '.chant/prompts/standard.md': 'Do {{ spec }}.' }
    expect(warnings(await instruct(files, [{ id: ONE }, { id: TWO }]))).toEqual([
      '.chant/prompts/standard.md:1:4 {{ spec }} is no variable of prompts and stays as it is written',
    ])
  })
})

describe('output schemas', () => {
  const spec = (outputSchema: string) => ({ id: ONE, outputSchema, fieldLines: { output_schema: 5 } })

  it('are read for the specs that name one', async () => {
    const files = { '.chant/schemas/a.json': '{"type": "object"}' }
    const { outputSchemaOf } = await instruct(files, [spec('.chant/schemas/a.json'), { id: TWO }])
    expect(outputSchemaOf(specId(ONE))).toMatchObject({ path: '.chant/schemas/a.json', text: '{"type": "object"}' })
    expect(outputSchemaOf(specId(TWO))).toBeUndefined()
  })

  it('may be shared by the projects of a repository', async () => {
    const files = { 'web/README.md': '', 'schemas/a.json': '{"type": "object"}' }
    const { outputSchemaOf } = await instruct(files, [spec('../schemas/a.json')], {}, 'web')
    expect(outputSchemaOf(specId(ONE))).toMatchObject({ path: '../schemas/a.json', text: '{"type": "object"}' })
  })

  it('that cannot be used stop their spec where the project is strict', async () => {
    const files = { 'bad.json': '{', 'remote.json': '{"$ref": "https://example.com/x"}', 'no.json': '{"type": "x"}' }
    const problem = async (path: string) => unusable(await instruct(files, [spec(path)]))[0]?.split(':5:1 ')[1]
    expect(await problem('none.json')).toBe(
      '"output_schema": "none.json" does not exist; the path is relative to the directory that holds .chant',
    )
    expect(await problem('../x.json')).toContain('"output_schema": "../x.json" leads out of the repository')
    expect(await problem('/etc/passwd')).toContain('leads out of the repository')
    expect(await problem('.chant')).toContain('does not exist')
    expect(await problem('bad.json')).toContain('"bad.json" is not JSON: ')
    expect(await problem('no.json')).toContain('"no.json" is no valid JSON Schema: ')
    expect(await problem('remote.json')).toContain(
      '"remote.json" refers to "https://example.com/x", which is not in it',
    )
  })

  it('that cannot be used are a warning where it is not', async () => {
    const read = await instruct({}, [spec('none.json')], { strictOutput: false })
    expect(unusable(read)).toEqual([])
    expect(warnings(read)).toEqual([
      `.chant/specs/${ONE}.md:5:1 "output_schema": "none.json" does not exist; the path is relative to the directory that holds .chant`,
    ])
    expect(read.outputSchemaOf(specId(ONE))).toBeUndefined()
  })

  it('are no larger than a prompt can bear', async () => {
    const read = await instruct({ 'big.json': `{"description": "${'x'.repeat(70_000)}"}` }, [spec('big.json')])
    expect(unusable(read)[0]).toContain('"big.json" is larger than 64 KiB')
  })
})
