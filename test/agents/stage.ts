import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agents } from '../../src/agent/agents.ts'
import { matchesAny } from '../../src/agent/environment.ts'
import { Scene, type Start } from '../e2e/scene.ts'
import { idOf, specText } from '../e2e/spec-text.ts'
import type { RunningAction } from '../runner/runner.ts'
import type { CliName } from './clis.ts'
import { DUMMY_KEY, type Patience, type Pointed, pointAt, startedByAction } from './loopback.ts'
import { type Scenario, say, shell, write } from './model-server/scenario.ts'
import { type Asked, type ModelServer, startModelServer } from './model-server/server.ts'

/**
 * A scene of the end-to-end tests in which the real CLI works: the built action is started as the runner starts it, with `agent: <cli>`,
 * a dummy key, a HOME of its own, and the scripted model on loopback in the place of the vendor.
 */
export interface Stage extends AsyncDisposable {
  readonly scene: Scene
  readonly server: ModelServer
  readonly pointed: Pointed
  /** Starts the action; inputs and variables of a test come after those of every stage. */
  start(inputs?: Readonly<Record<string, string>>, more?: Start): Promise<RunningAction>
}

export interface StageSetup {
  /** How many specs there are; 3 if absent. */
  readonly specs?: number
  /** What the model does; the work of the spec if absent. */
  readonly scenario?: (asked: Asked) => Scenario
  /** How long the CLI itself tries again before it gives up, as far as it can be told. */
  readonly patience?: Patience
}

/** The variable that a CLI's key is in. */
export const KEY_OF: Readonly<Record<CliName, string>> = {
  claude: 'ANTHROPIC_API_KEY',
  codex: 'CODEX_API_KEY',
  pi: 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
  opencode: 'ANTHROPIC_API_KEY',
  qwen: 'OPENAI_API_KEY',
  copilot: 'COPILOT_PROVIDER_API_KEY',
}

/** The token of the job: no agent may ever see it. */
export const JOB_TOKEN = 'ghs_0123456789abcdefABCDEF'

export async function setStage(cli: CliName, setup: StageSetup = {}): Promise<Stage> {
  const { specs = 3, scenario = ({ specId = '' }) => workOf(specId), patience } = setup
  const server = await startModelServer({ scenario })
  const scene = new Scene({
    specs: Object.fromEntries(
      Array.from({ length: specs }, (_, index) => [idOf(index + 1), specText({ title: `Task ${index + 1}` })]),
    ),
    // Whoever is let down tries again soon.
    files: { '.chant/config.md': '---\nproject:\n  name: demo\nwatch:\n  failure:\n    retry_delay_ms: 500\n---\n' },
  })
  const pointed = pointAt(cli, server.url, scene.home, { patience })
  const started = startedByAction(cli, pointed)
  const env = { GITHUB_TOKEN: JOB_TOKEN, ...foreignKeys(cli, pointed.model), ...started.env }
  return {
    scene,
    server,
    pointed,
    start: (inputs = {}, { env: further, ...more } = {}) =>
      scene.start({ ...started.inputs, ...inputs }, { token: JOB_TOKEN, env: { ...env, ...further }, ...more }),
    [Symbol.asyncDispose]: async () => {
      await scene[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** Keys that the job has for other agents: made up, and not to be seen by this one. */
export function foreignKeys(cli: CliName, model: string): Readonly<Record<string, string>> {
  const { keys, instead, settings } = agents[cli].needs(model)
  const own = [...keys, ...instead, ...settings]
  const others = Object.values(agents).flatMap((agent) => agent.needs('openrouter/any').keys)
  const names = [...others, 'MISTRAL_API_KEY', 'NPM_TOKEN'].filter((name) => !matchesAny(own, name))
  return Object.fromEntries(names.map((name) => [name, `not-for-${cli}-${name}`]))
}

/** Where an agent writes down the names in the environment of its shell. */
export const namesFileOf = (id: string): string => `names-${id}.txt`
export const notesFileOf = (id: string): string => `notes-${id}.txt`

/** An agent edits a file, looks at its environment, ticks its criterion, commits, and gives its key away in its last words. */
export const workOf = (id: string): Scenario => [
  write(notesFileOf(id), 'written by the agent\n'),
  shell(`env | cut -d= -f1 | sort > ${namesFileOf(id)}; env`),
  shell(tickAndCommit(id)),
  say(`Wrote the notes with ${DUMMY_KEY} at hand.`),
]

/** `sed` by the path of the spec, because some CLIs keep every variable from their shell. */
export const tickAndCommit = (id: string): string =>
  `sed -i 's/^- \\[ \\]/- [x]/' .chant/specs/${id}.md && git add --all && git commit --quiet -m 'Add notes'`

/** Texts of all files below a folder, by path. */
export function textsBelow(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')])
}
