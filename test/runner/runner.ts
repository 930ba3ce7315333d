import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readActionManifest } from './action-manifest.ts'
import { killLeftovers } from './end-of-job.ts'
import { expandDefault, postRuns } from './expression.ts'
import { SecretMask } from './secret-mask.ts'
import { type CancelTiming, RUNNER_TIMING, type RunningStep, type StepResult, startStep } from './step.ts'
import { inputVariables, jobVariables, type Variables } from './step-environment.ts'

/**
 * A stand-in for GitHub's runner: starts a JavaScript action's built entries as actions/runner (2.336) does, on this
 * machine and without GitHub. Used by the end-to-end tests, the demo and `npm run local`.
 */

export interface ActionStart {
  /** Folder of the action.yml. */
  readonly actionDir: string
  /** Absolute; the entries' working directory. */
  readonly workspace: string
  /** HOME of the entries. */
  readonly home: string
  /** RUNNER_TEMP; a new folder below the system's, if absent. */
  readonly temp?: string
  /** The step's `with`. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Added to the made-up variables of a job, and stronger than they are; an undefined value takes one away. */
  readonly env?: Variables
  /** Written to GITHUB_EVENT_PATH. */
  readonly event?: unknown
  /** `github.token`; masked in the log. */
  readonly token?: string
  /** The node to run; default: this one. */
  readonly node?: string
  readonly timing?: CancelTiming
  /** Called with each line that the log shows, of main and of post. */
  readonly onLine?: (line: string) => void
}

/** The main step while it runs, and what comes after it. */
export interface RunningAction extends RunningStep {
  readonly temp: string
  /** What the runner says about `with` before the step starts. */
  readonly warnings: readonly string[]
  /** Starts the post entry once main has ended, however it ended, with the state that main saved; may be skipped. */
  post(): Promise<StepResult>
  /** Kills what is left of the job, and answers the pids: the runner's last act. Nothing should be left. */
  endJob(): Promise<readonly number[]>
}

export async function startAction(start: ActionStart): Promise<RunningAction> {
  const { actionDir, workspace, home, inputs = {}, event = {}, node = process.execPath } = start
  const manifest = await readActionManifest(actionDir)
  const temp = start.temp ?? (await mkdtemp(join(tmpdir(), 'runner-')))
  const eventPath = join(temp, '_github_workflow', 'event.json')
  await mkdir(join(temp, '_github_workflow'), { recursive: true })
  await writeFile(eventPath, JSON.stringify(event))

  const mask = new SecretMask()
  const token = start.token ?? `ghs_${randomUUID().replaceAll('-', '')}`
  mask.add(token)
  const trackingId = `github_${randomUUID()}`
  const defaults = Object.fromEntries(
    Object.entries(manifest.inputs).map(([name, value]) => [name, expandDefault(value, token)]),
  )
  const jobEnv: Variables = { ...jobVariables({ workspace, home, temp, eventPath, trackingId }), ...start.env }
  const inputEnv = { ...inputVariables(defaults), ...inputVariables(inputs) }

  const step = (script: string, env: Variables) =>
    startStep({
      node,
      script: join(actionDir, script),
      cwd: workspace,
      temp,
      env: { ...env, ...inputEnv },
      mask,
      timing: start.timing ?? RUNNER_TIMING,
      onLine: start.onLine ?? (() => {}),
    })

  async function post(): Promise<StepResult> {
    const result = await main.done
    const job = result.conclusion === 'skipped' ? 'success' : result.conclusion
    if (manifest.post === undefined || !postRuns(manifest.postIf, job)) return SKIPPED
    const path = [...result.addedPaths.toReversed(), jobEnv['PATH']].join(':')
    const running = await step(manifest.post, {
      ...jobEnv,
      ...result.exportedEnv,
      PATH: path,
      ...Object.fromEntries(Object.entries(result.state).map(([name, value]) => [`STATE_${name}`, value])),
    })
    return running.done
  }

  const main = await step(manifest.main, jobEnv)
  return { ...main, temp, warnings: unexpected(inputs, manifest.inputs), post, endJob: () => killLeftovers(trackingId) }
}

const SKIPPED: StepResult = {
  conclusion: 'skipped',
  code: null,
  signal: null,
  durationMs: 0,
  lines: [],
  annotations: [],
  problems: [],
  outputs: {},
  state: {},
  summary: '',
  exportedEnv: {},
  addedPaths: [],
}

/** The runner hands on inputs that an action does not declare, and warns. */
function unexpected(given: Readonly<Record<string, string>>, declared: Readonly<Record<string, string>>): string[] {
  const known = Object.keys(declared)
  const names = new Set(known.map((name) => name.toLowerCase()))
  const unknown = Object.keys(given).filter((name) => !names.has(name.toLowerCase()))
  return unknown.map((name) => `Unexpected input '${name}', valid inputs are: ${known.join(', ')}`)
}
