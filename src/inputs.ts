import { getInput } from '@actions/core'
import stringArgv from 'string-argv'
import { type AgentName, agents, isAgentName } from './agent/agents.ts'
import { modelName } from './config/model-name.ts'
import { checkArtifactName } from './github/artifact.ts'
import { branchName } from './plan/branch-name.ts'
import { err, ok, type Result } from './result.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export const MODES = ['run', 'plan', 'lint', 'list', 'clean'] as const
export const LOG_STREAMS = ['off', 'events', 'full'] as const
export const CHECKS = ['auto', 'per-spec', 'run', 'off'] as const

/** Everything the workflow said, read once. Nobody else reads `INPUT_*`. */
export interface Inputs {
  readonly mode: (typeof MODES)[number]
  readonly specs: readonly string[]
  readonly labels: readonly string[]
  readonly maxParallel: number | 'auto'
  /** Undefined = `command` where one is given, else what the configuration says, else claude. */
  readonly agent: AgentName | 'command' | undefined
  readonly command: string
  /** For every spec; undefined = each spec's own, else the environment's, else the configuration's. */
  readonly model: string | undefined
  /** Further arguments for the agent's command line. */
  readonly agentArgs: readonly string[]
  /** Of one attempt; undefined = the agent's own. */
  readonly maxTurns: number | undefined
  /** Undefined = the configuration's. */
  readonly maxAttempts: number | undefined
  /** Of the whole run, US dollars; undefined = no limit. */
  readonly maxCostUsd: number | undefined
  /** Relative to the workspace; empty = the list that is built in. */
  readonly pricesFile: string
  /** Accounts as YAML, not read yet: places in it are told together with those in the configuration. */
  readonly agents: string
  /** Name of a prompt for every spec; undefined = each spec's own, else the configuration's. */
  readonly prompt: string | undefined
  readonly setup: string
  readonly verify: string
  /** Per attempt. Fractions are allowed. */
  readonly timeoutMinutes: number
  /** No output and no CPU for so long means stalled; 0 = never. */
  readonly stallMinutes: number
  /** The run ends by itself so long after its start; 0 = never. */
  readonly deadlineMinutes: number
  readonly failFast: boolean
  readonly skipDeps: boolean
  readonly skipCriteria: boolean
  readonly skipApproval: boolean
  readonly allowNoCommits: boolean
  /** Undefined = the configuration's. */
  readonly branchPrefix: string | undefined
  readonly base: string
  readonly checks: (typeof CHECKS)[number]
  readonly comment: boolean
  readonly artifactName: string
  readonly retentionDays: number | undefined
  readonly logStream: (typeof LOG_STREAMS)[number]
  readonly passEnv: readonly string[]
  /** Relative to the workspace, without a trailing slash; `.` is the workspace itself. */
  readonly workingDirectory: string
  readonly token: string
  /** As given, where not the default: for "how this run was started". The token is not among them. */
  readonly given: Readonly<Record<string, string>>
}

/** Defaults, as action.yml has them (a test compares): an input that is given as empty means its default. */
export const DEFAULTS: Readonly<Record<string, string>> = {
  mode: 'run',
  'max-parallel': 'auto',
  'timeout-minutes': '60',
  'stall-minutes': '15',
  'deadline-minutes': '0',
  'fail-fast': 'false',
  'skip-deps': 'false',
  'skip-criteria': 'false',
  'skip-approval': 'false',
  'allow-no-commits': 'false',
  checks: 'auto',
  comment: 'false',
  'artifact-name': 'chant-logs',
  'log-stream': 'off',
  'working-directory': '.',
}

export interface InputError {
  readonly input: string
  readonly message: string
}

type Read<T> = Result<T, InputError>

/** Reads `INPUT_*` as the runner sets them. The error names the input, what it was, and what is expected. */
export function readInputs(): Read<Inputs> {
  const given: Record<string, string> = {}
  const raw = (name: string): string => {
    const otherwise = DEFAULTS[name] ?? ''
    const value = getInput(name) || otherwise
    if (value !== otherwise) given[name] = value
    return value
  }
  let failed: InputError | undefined
  const take = <T>(read: Read<T>, otherwise: T): T => {
    if (read.ok) return read.value
    failed ??= read.error
    return otherwise
  }
  const inputs: Inputs = {
    mode: take(oneOf('mode', raw('mode'), MODES), 'run'),
    specs: list(raw('specs')),
    labels: list(raw('labels')),
    maxParallel: take(parallelism(raw('max-parallel')), 'auto'),
    agent: take(agent(raw('agent')), undefined),
    agentArgs: stringArgv(raw('agent-args')),
    maxTurns: take(whole('max-turns', raw('max-turns'), 10_000), undefined),
    maxAttempts: take(whole('max-attempts', raw('max-attempts'), 20), undefined),
    maxCostUsd: take(dollars(raw('max-cost-usd')), undefined),
    pricesFile: take(insideFile('prices-file', raw('prices-file')), ''),
    command: raw('command'),
    model: take(model(raw('model')), undefined),
    // Indentation counts in YAML, that of the first line too.
    agents: raw('agents') && getInput('agents', { trimWhitespace: false }),
    prompt: raw('prompt') || undefined,
    setup: raw('setup'),
    verify: raw('verify'),
    timeoutMinutes: take(minutes('timeout-minutes', raw('timeout-minutes')), 60),
    stallMinutes: take(minutesOrOff('stall-minutes', raw('stall-minutes')), 15),
    deadlineMinutes: take(minutesOrOff('deadline-minutes', raw('deadline-minutes')), 0),
    failFast: take(flag('fail-fast', raw('fail-fast')), false),
    skipDeps: take(flag('skip-deps', raw('skip-deps')), false),
    skipCriteria: take(flag('skip-criteria', raw('skip-criteria')), false),
    skipApproval: take(flag('skip-approval', raw('skip-approval')), false),
    allowNoCommits: take(flag('allow-no-commits', raw('allow-no-commits')), false),
    branchPrefix: take(prefix(raw('branch-prefix')), undefined),
    base: raw('base'),
    checks: take(oneOf('checks', raw('checks'), CHECKS), 'auto'),
    comment: take(flag('comment', raw('comment')), false),
    artifactName: take(named('artifact-name', checkArtifactName(raw('artifact-name'))), 'chant-logs'),
    retentionDays: take(days(raw('retention-days')), undefined),
    logStream: take(oneOf('log-stream', raw('log-stream'), LOG_STREAMS), 'off'),
    passEnv: list(raw('pass-env')),
    workingDirectory: take(inside(raw('working-directory')), '.'),
    token: getInput('token'),
    given,
  }
  if (failed) return err(failed)
  if (inputs.base.startsWith('-'))
    return wrong('base', `Input \`base\` is ${quote(inputs.base)}: expected a branch, tag or commit.`)
  return ok(inputs)
}

const wrong = (input: string, message: string): Read<never> => err({ input, message })

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)

const expected = (input: string, value: string, what: string): Read<never> =>
  wrong(input, `Input \`${input}\` is ${quote(value)}: expected ${what}.`)

const named = <T>(input: string, result: Result<T, string>): Read<T> =>
  result.ok ? result : wrong(input, `Input \`${input}\`: ${result.error}`)

function oneOf<const T extends string>(input: string, value: string, values: readonly [T, ...T[]]): Read<T> {
  const found = values.find((known) => known === value)
  return found === undefined ? expected(input, value, `one of ${values.join(', ')}`) : ok(found)
}

const AGENTS: readonly string[] = [...Object.keys(agents), 'command']

function agent(value: string): Read<AgentName | 'command' | undefined> {
  if (value === '') return ok(undefined)
  if (value === 'command' || isAgentName(value)) return ok(value)
  return expected('agent', value, `one of ${AGENTS.join(', ')}`)
}

function whole(input: string, value: string, most: number): Read<number | undefined> {
  if (value === '') return ok(undefined)
  const number = Number(value)
  return /^\d+$/.test(value) && number >= 1 && number <= most
    ? ok(number)
    : expected(input, value, `a whole number from 1 to ${most}`)
}

function dollars(value: string): Read<number | undefined> {
  if (value === '') return ok(undefined)
  const number = Number(value)
  return /^\d*\.?\d+$/.test(value) && number > 0
    ? ok(number)
    : expected('max-cost-usd', value, 'a number of US dollars above 0, for example 2.50')
}

/** The spellings of YAML 1.2's core schema, as @actions/core has them. */
function flag(input: string, value: string): Read<boolean> {
  if (/^(true|True|TRUE)$/.test(value)) return ok(true)
  if (/^(false|False|FALSE)$/.test(value)) return ok(false)
  return expected(input, value, 'true or false')
}

function parallelism(value: string): Read<number | 'auto'> {
  if (value === 'auto') return ok('auto')
  const number = Number(value)
  return /^\d+$/.test(value) && number >= 1 && number <= 256
    ? ok(number)
    : expected('max-parallel', value, 'a whole number from 1 to 256, or auto')
}

/** setTimeout takes 2^31 ms at most (24.8 days); a job ends long before that. */
const MAX_MINUTES = 35_000

function minutes(input: string, value: string, besides = ''): Read<number> {
  const number = Number(value)
  return /^\d*\.?\d+$/.test(value) && number > 0 && number <= MAX_MINUTES
    ? ok(number)
    : expected(input, value, `a number of minutes above 0, at most ${MAX_MINUTES}${besides}; fractions are allowed`)
}

const minutesOrOff = (input: string, value: string): Read<number> =>
  /^0*\.?0+$/.test(value) ? ok(0) : minutes(input, value, ', or 0 for never')

function days(value: string): Read<number | undefined> {
  if (value === '') return ok(undefined)
  const number = Number(value)
  return /^\d+$/.test(value) && number >= 1 && number <= 90
    ? ok(number)
    : expected('retention-days', value, 'a whole number from 1 to 90')
}

function model(value: string): Read<string | undefined> {
  if (value === '') return ok(undefined)
  const name = modelName(value)
  return name.ok ? name : expected('model', value, name.error)
}

/** A prefix is good when a branch can be made of it. */
function prefix(value: string): Read<string | undefined> {
  if (value === '') return ok(undefined)
  const branch = named('branch-prefix', branchName(value, 'spec'))
  return branch.ok ? ok(value) : branch
}

function insideFile(input: string, value: string): Read<string> {
  const parts = value.split('/')
  return value.startsWith('/') || parts.includes('..')
    ? expected(input, value, 'a file inside the workspace, relative to it')
    : ok(value)
}

function inside(value: string): Read<string> {
  const parts = value.split('/').filter((part) => part !== '' && part !== '.')
  if (value.startsWith('/') || parts.includes('..'))
    return expected('working-directory', value, 'a folder inside the workspace, relative to it')
  return ok(parts.join('/') || '.')
}

/** Items by comma, space or line, in order, each once. */
const list = (value: string): readonly string[] => [...new Set(value.split(/[\s,]+/).filter((item) => item !== ''))]
