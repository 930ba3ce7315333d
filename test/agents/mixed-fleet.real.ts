import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { finish } from '../e2e/scene.ts'
import { idOf } from '../e2e/spec-text.ts'
import { isCli, programOf } from './clis.ts'
import { DUMMY_KEY, pointAt } from './loopback.ts'
import { setStage } from './stage.ts'

/** Two real CLIs share the specs of one run, each on an account of its own. */

const chosen = (process.env['CHANT_TEST_AGENTS'] ?? '').split(',').filter(isCli)
const [ONE, TWO] = [idOf(1), idOf(2)]

const ACCOUNTS = `
- {name: first, command: claude, max_concurrent: 1}
- {name: second, command: codex, max_concurrent: 1}
`

test.runIf(chosen.includes('claude') && chosen.includes('codex'))(
  'claude and codex work side by side, and codex is told of no model that is claude’s',
  async () => {
    await using stage = await setStage('claude', { specs: 2 })
    const { scene, server } = stage
    mkdirSync(join(scene.home, '.codex'))
    // What it chooses where nobody tells it.
    const config = `openai_base_url = "${server.url}/v1"\nmodel = "gpt-5.1-codex"\n`
    writeFileSync(join(scene.home, '.codex/config.toml'), config)
    const { env } = pointAt('claude', server.url, scene.home)
    const PATH = [dirname(programOf('claude')), dirname(programOf('codex')), process.env['PATH']].join(delimiter)
    const { main, killed } = await finish(
      await stage.start(
        { agent: '', agents: ACCOUNTS, model: 'claude-sonnet-4-5', 'max-parallel': '2' },
        { env: { ...env, CODEX_API_KEY: DUMMY_KEY, PATH } },
      ),
    )
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    expect(workerIn(results, ONE)).toMatchObject({ agent: 'claude', model: 'claude-sonnet-4-5' })
    expect(workerIn(results, TWO)).toMatchObject({ agent: 'codex', account: 'second' })
    const models = (dialect: string) =>
      new Set(server.requests.filter((one) => one.dialect === dialect).map(({ model }) => model))
    expect([models('anthropic'), models('responses')]).toEqual([
      new Set(['claude-sonnet-4-5']),
      new Set(['gpt-5.1-codex']),
    ])
    expect(main.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The model claude-sonnet-4-5 is not handed to codex/),
    ])
    expect([killed, scene.left()]).toEqual([[], []])
  },
)
