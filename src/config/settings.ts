import { type ChosenPrompt, promptNameFor } from '../prompt/choose.ts'
import { err, ok, type Result, unreachable } from '../result.ts'
import type { Spec } from '../spec/spec.ts'
import type { AgentAccount } from './config.ts'
import type { MergedConfig, Origin } from './merge.ts'
import { modelName } from './model-name.ts'

/** Who decided a value. What stands earlier here goes before what stands later. */
export type Source =
  | { readonly type: 'input'; readonly input: string }
  /** The spec's own front matter. */
  | { readonly type: 'spec' }
  /** The spec's `type`, for its prompt. */
  | { readonly type: 'spec-type'; readonly specType: string }
  | { readonly type: 'environment'; readonly variable: string }
  /** The project's or the global file. */
  | { readonly type: 'config'; readonly origin: Origin }
  | { readonly type: 'default' }

export interface Sourced<T> {
  readonly value: T
  readonly from: Source
}

/** Everything that may decide, read and checked. */
export interface SettingSources {
  /** Undefined = not given. */
  readonly inputs: {
    readonly model?: string | undefined
    readonly prompt?: string | undefined
    readonly branchPrefix?: string | undefined
    readonly maxAttempts?: number | undefined
  }
  readonly environmentModel?: Sourced<string> | undefined
  readonly merged: MergedConfig
  /** The project's folder, for want of a name. */
  readonly folderName: string
  /** Whether the project has a prompt of this name in `.chant/prompts`. */
  readonly ownPrompt: (name: string) => boolean
}

/** What holds for the whole run. */
export interface RunSettings {
  /** Empty = the run's one agent. */
  readonly accounts: Sourced<readonly AgentAccount[]>
  readonly branchPrefix: Sourced<string>
  readonly projectName: Sourced<string>
  /** Names in `.chant/prompts/extensions`. */
  readonly promptExtensions: Sourced<readonly string[]>
  /** Agent processes for one spec, the first included. */
  readonly maxAttempts: Sourced<number>
  readonly strictOutput: Sourced<boolean>
  /** A spec that an agent completed asks for approval. */
  readonly approvalOfAgentWork: Sourced<boolean>
}

/** What may differ from spec to spec. */
export interface SpecSettings {
  /** As it was written; absent = the agent's own. */
  readonly model?: Sourced<string>
  readonly prompt: Sourced<string>
}

const DEFAULT_BRANCH_PREFIX = 'chant/'
const DEFAULT_MAX_ATTEMPTS = 3

/** What holds for every spec, by precedence: action input, environment, project's file, global file, default. */
export function runSettings(sources: SettingSources): RunSettings {
  const { inputs, merged } = sources
  const { config } = merged
  const retries = config.failure.maxRetries
  return {
    accounts: byConfig(merged, 'parallel.agents', config.parallel.agents),
    branchPrefix:
      byInput('branch-prefix', inputs.branchPrefix) ??
      byConfig(merged, 'defaults.branch_prefix', config.defaults.branchPrefix ?? DEFAULT_BRANCH_PREFIX),
    projectName: byConfig(merged, 'project.name', config.project.name ?? sources.folderName),
    promptExtensions: byConfig(merged, 'defaults.prompt_extensions', config.defaults.promptExtensions),
    maxAttempts:
      byInput('max-attempts', inputs.maxAttempts) ??
      byConfig(merged, 'watch.failure.max_retries', retries === undefined ? DEFAULT_MAX_ATTEMPTS : retries + 1),
    strictOutput: byConfig(merged, 'validation.strict_output_validation', config.validation.strictOutput),
    approvalOfAgentWork: byConfig(
      merged,
      'approval.require_approval_for_agent_work',
      config.approval.requireForAgentWork,
    ),
  }
}

/** What one spec gets, by precedence: action input, its own front matter, environment, project's file, global file, default. */
export function specSettings(sources: SettingSources, spec: Pick<Spec, 'type' | 'model' | 'prompt'>): SpecSettings {
  const { inputs, environmentModel, merged } = sources
  const { model } = merged.config.defaults
  const chosen =
    byInput('model', inputs.model) ??
    bySpec(spec.model) ??
    environmentModel ??
    (model === undefined ? undefined : byConfig(merged, 'defaults.model', model))
  return { ...(chosen && { model: chosen }), prompt: promptSetting(sources, spec) }
}

/** Which prompt a spec is worked with; `own` tells whether the project has one of a name. */
export const choosePrompt = (
  { inputs, merged }: SettingSources,
  spec: Pick<Spec, 'type' | 'prompt'>,
  own: (name: string) => boolean,
): ChosenPrompt => promptNameFor(spec, { input: inputs.prompt, configDefault: merged.config.defaults.prompt, own })

function promptSetting(sources: SettingSources, spec: Pick<Spec, 'type' | 'prompt'>): Sourced<string> {
  const { name, by } = choosePrompt(sources, spec, sources.ownPrompt)
  switch (by) {
    case 'input':
      return { value: name, from: { type: 'input', input: 'prompt' } }
    case 'spec':
      return { value: name, from: { type: 'spec' } }
    case 'type':
      return { value: name, from: { type: 'spec-type', specType: spec.type } }
    case 'config':
      return byConfig(sources.merged, 'defaults.prompt', name)
    case 'default':
      return byDefault(name)
    default:
      return unreachable(by)
  }
}

/** The model that the job's environment names. The error says which variable is wrong. */
export function environmentModel(
  env: Readonly<Record<string, string | undefined>>,
): Result<Sourced<string> | undefined, string> {
  for (const variable of ['CHANT_MODEL', 'ANTHROPIC_MODEL']) {
    const value = env[variable]
    if (!value) continue
    const name = modelName(value)
    return name.ok
      ? ok({ value, from: { type: 'environment', variable } })
      : err(`Environment variable ${variable} is ${JSON.stringify(value.slice(0, 100))}: expected ${name.error}.`)
  }
  return ok(undefined)
}

const byDefault = <T>(value: T): Sourced<T> => ({ value, from: { type: 'default' } })

const byInput = <T>(input: string, value: T | undefined): Sourced<T> | undefined =>
  value === undefined ? undefined : { value, from: { type: 'input', input } }

const bySpec = <T>(value: T | undefined): Sourced<T> | undefined =>
  value === undefined ? undefined : { value, from: { type: 'spec' } }

/** A value that a file may have set; where none did it is the default. */
function byConfig<T>({ origins }: MergedConfig, key: string, value: T): Sourced<T> {
  const origin = origins.get(key)
  return origin ? { value, from: { type: 'config', origin } } : byDefault(value)
}

/** Who decided, in a word or two: `input model`, `spec`, `CHANT_MODEL`, `.chant/config.md:5`. */
export function sourceWords(source: Source): string {
  switch (source.type) {
    case 'input':
      return `input ${source.input}`
    case 'spec':
      return 'spec'
    case 'spec-type':
      return `type ${source.specType}`
    case 'environment':
      return source.variable
    case 'config':
      return `${source.origin.file}:${source.origin.line}`
    case 'default':
      return 'default'
    default:
      return unreachable(source)
  }
}
