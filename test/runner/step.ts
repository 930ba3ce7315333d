import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Conclusion } from './expression.ts'
import { parseNameValues, parsePaths } from './file-command.ts'
import { LineSplitter } from './line-splitter.ts'
import type { SecretMask } from './secret-mask.ts'
import type { Variables } from './step-environment.ts'
import { type Annotation, StepLog } from './step-log.ts'

/** Milliseconds from SIGINT to SIGTERM, and from there to SIGKILL. */
export interface CancelTiming {
  readonly terminate: number
  readonly kill: number
}

export const RUNNER_TIMING: CancelTiming = { terminate: 7500, kill: 2500 }

/** How long the runner waits for processes that hold the output of a step which has exited. */
const OUTPUT_HELD = 5000

/** More than this in the summary file, and nothing of it is shown. */
const SUMMARY_LIMIT = 1024 * 1024

export interface StepResult {
  /** `skipped`: its condition said no. */
  readonly conclusion: Conclusion | 'skipped'
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly durationMs: number
  readonly lines: readonly string[]
  readonly annotations: readonly Annotation[]
  /** Commands and files that the runner refused; they fail the step. */
  readonly problems: readonly string[]
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  /** Markdown with secrets masked; empty when it was longer than 1 MiB. */
  readonly summary: string
  /** By GITHUB_ENV and GITHUB_PATH, for the steps that follow. */
  readonly exportedEnv: Readonly<Record<string, string>>
  readonly addedPaths: readonly string[]
}

export interface RunningStep {
  readonly pid: number
  /** The step's files, by variable name: GITHUB_OUTPUT, GITHUB_STATE, … */
  readonly files: Readonly<Record<string, string>>
  /** What the log shows so far. */
  readonly lines: readonly string[]
  /** Resolves with the first line, seen or to come, that matches; rejects when the step ends without one. */
  waitForLine(pattern: RegExp): Promise<string>
  /** To the entry's process alone, as all signals of the runner. */
  kill(signal: NodeJS.Signals): void
  /** SIGINT, SIGTERM, SIGKILL, as the runner times them when a job is cancelled. */
  cancel(): Promise<StepResult>
  readonly done: Promise<StepResult>
}

export interface StepStart {
  readonly node: string
  /** Absolute path of the entry. */
  readonly script: string
  readonly cwd: string
  readonly temp: string
  readonly env: Variables
  readonly mask: SecretMask
  readonly timing: CancelTiming
  readonly onLine: (line: string) => void
}

/** Starts one entry of an action in a process group of its own, so that a Ctrl-C for us does not reach it. */
export async function startStep(start: StepStart): Promise<RunningStep> {
  const files = await createCommandFiles(start.temp)
  const log = new StepLog(start.mask, start.onLine)
  const startedAt = performance.now()
  const child = spawn(start.node, [start.script], {
    cwd: start.cwd,
    env: { ...start.env, ...files, ...summaryOf(start.env) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = outputEnded(child, log)
  await once(child, 'spawn')
  const { pid } = child
  if (pid === undefined) throw new Error('a spawned process has a pid')

  let cancelled = false
  const timers: NodeJS.Timeout[] = []
  const done = ended.then(async ([code, signal]): Promise<StepResult> => {
    for (const timer of timers) clearTimeout(timer)
    const told = await readCommandFiles(files, log, start.mask)
    log.end()
    const failed = code !== 0 || log.problems.length > 0
    return {
      conclusion: cancelled ? 'cancelled' : failed ? 'failure' : 'success',
      code,
      signal,
      durationMs: Math.round(performance.now() - startedAt),
      lines: log.lines,
      annotations: log.annotations,
      problems: log.problems,
      ...told,
    }
  })

  return {
    pid,
    files,
    lines: log.lines,
    waitForLine: (pattern) => log.waitForLine(pattern),
    kill: (signal) => void child.kill(signal),
    cancel: () => {
      cancelled = true
      child.kill('SIGINT')
      const { terminate, kill } = start.timing
      timers.push(setTimeout(() => child.kill('SIGTERM'), terminate))
      timers.push(setTimeout(() => child.kill('SIGKILL'), terminate + kill))
      return done
    },
    done,
  }
}

/** A runner that has no summaries, or none that can be written. */
const summaryOf = ({ GITHUB_STEP_SUMMARY: path }: Variables): Variables =>
  path === undefined ? {} : { GITHUB_STEP_SUMMARY: path }

async function createCommandFiles(temp: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(temp, '_runner_file_commands')
  await mkdir(folder, { recursive: true })
  const suffix = randomUUID()
  const files = {
    GITHUB_ENV: join(folder, `set_env_${suffix}`),
    GITHUB_OUTPUT: join(folder, `set_output_${suffix}`),
    GITHUB_PATH: join(folder, `add_path_${suffix}`),
    GITHUB_STATE: join(folder, `save_state_${suffix}`),
    GITHUB_STEP_SUMMARY: join(folder, `step_summary_${suffix}`),
  }
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')))
  return files
}

/** Feeds the log until the process has exited and its output is closed, or held by others for too long. */
async function outputEnded(child: ChildProcess, log: StepLog): Promise<[number | null, NodeJS.Signals | null]> {
  const splitters = [child.stdout, child.stderr].map((stream) => {
    const splitter = new LineSplitter((line) => log.read(line))
    stream?.setEncoding('utf8').on('data', (text: string) => splitter.push(text))
    return splitter
  })
  const closed = once(child, 'close')
  const [code, signal]: [number | null, NodeJS.Signals | null] = await new Promise((resolve, reject) => {
    child.once('exit', (...exit) => resolve(exit)).once('error', reject)
  })
  const held = Promise.withResolvers<void>()
  const timer = setTimeout(held.resolve, OUTPUT_HELD)
  await Promise.race([closed, held.promise])
  clearTimeout(timer)
  child.stdout?.destroy()
  child.stderr?.destroy()
  for (const splitter of splitters) splitter.end()
  return [code, signal]
}

type Told = Pick<StepResult, 'outputs' | 'state' | 'exportedEnv' | 'addedPaths' | 'summary'>

async function readCommandFiles(files: RunningStep['files'], log: StepLog, mask: SecretMask): Promise<Told> {
  const read = async (name: string) => {
    const file = files[name]
    // A step may remove its own files: that is not an error.
    return file === undefined ? '' : await readFile(file, 'utf8').catch(() => '')
  }
  const values = async (name: string) => {
    const parsed = parseNameValues(await read(name))
    if (parsed.ok) return parsed.value
    log.refuse(`Unable to process file command '${name}' successfully. ${parsed.error}`)
    return {}
  }
  const summary = await read('GITHUB_STEP_SUMMARY')
  const tooLong = Buffer.byteLength(summary) > SUMMARY_LIMIT
  if (tooLong) {
    log.annotations.push({ level: 'error', message: 'GITHUB_STEP_SUMMARY is larger than 1 MiB.', properties: {} })
  }
  return {
    outputs: { ...log.outputs, ...(await values('GITHUB_OUTPUT')) },
    state: { ...log.state, ...(await values('GITHUB_STATE')) },
    exportedEnv: await values('GITHUB_ENV'),
    addedPaths: parsePaths(await read('GITHUB_PATH')),
    summary: tooLong ? '' : mask.apply(summary),
  }
}
