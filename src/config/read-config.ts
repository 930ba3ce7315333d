import { branchName } from '../plan/branch-name.ts'
import { present } from '../present.ts'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { type Finding, locate, placesIn } from '../spec/finding.ts'
import { accountsOf } from './accounts.ts'
import { DEFAULT_CONFIG, type LintConfig, type ProjectConfig } from './config.ts'
import { frontMatterSource } from './config-source.ts'
import { CONFIG_KEYS, IGNORED_KEYS, keyTree } from './known-keys.ts'
import { modelName } from './model-name.ts'
import { unknownKeys } from './unknown-keys.ts'
import { type Section, sectionOf } from './values.ts'

/**
 * What one configuration file sets. A section that chant merges field by field has only the fields that are written; one that it
 * replaces as a whole is there as a whole, with its defaults, or not at all.
 */
export interface ConfigLayer {
  readonly file: string
  readonly project: Partial<ProjectConfig['project']>
  readonly defaults: Partial<ProjectConfig['defaults']>
  readonly parallel?: ProjectConfig['parallel']
  readonly approval?: ProjectConfig['approval']
  readonly validation?: ProjectConfig['validation']
  readonly lint?: LintConfig
  /** The part of `watch` that counts here; `watch` is what is replaced as a whole. */
  readonly failure?: ProjectConfig['failure']
  /** Where a setting stands, by its key (`defaults.model`). 1-based. */
  readonly places: ReadonlyMap<string, { readonly line: number; readonly column: number }>
}

export interface LayerRead {
  readonly layer: ConfigLayer
  readonly warnings: readonly Diagnostic[]
}

const KNOWN = keyTree([...CONFIG_KEYS, ...IGNORED_KEYS])

/**
 * Reads `.chant/config.md` or the global file of the same form.
 *
 * @param file the path for diagnostics
 * @returns every reason why it cannot be used, or what it sets and what is odd about it
 */
export function readConfig(file: string, text: string): Result<LayerRead, readonly Diagnostic[]> {
  const source = frontMatterSource(text)
  if (!source.ok) return err(locate(source.error, file, text))
  const findings: Finding[] = [...source.value.findings, ...unknownKeys(source.value, KNOWN)]
  const offsets = new Map<string, number>()
  const top = sectionOf(source.value.root, '', source.value, findings, offsets)
  const sections = readSections(top)
  const diagnostics = locate(findings, file, text)
  if (diagnostics.some(({ severity }) => severity === 'error')) return err(diagnostics)
  const placeOf = placesIn(text)
  const places = new Map([...offsets].map(([key, offset]) => [key, placeOf(offset)]))
  return ok({ layer: { file, ...sections, places }, warnings: diagnostics })
}

function readSections(top: Section): Omit<ConfigLayer, 'file' | 'places'> {
  const [project, defaults] = [top.section('project'), top.section('defaults')]
  return {
    project: present({
      name: project?.text('name'),
      prefix: project?.text('prefix'),
      silent: project?.flag('silent'),
    }),
    defaults: defaults ? readDefaults(defaults) : {},
    ...present({
      parallel: readParallel(top.section('parallel')),
      approval: readApproval(top.section('approval')),
      validation: readValidation(top.section('validation')),
      lint: readLint(top.section('lint')),
      failure: readFailure(top.section('watch')),
    }),
  }
}

function readDefaults(section: Section): ConfigLayer['defaults'] {
  const strategy = section.oneOf('rotation_strategy', ['none', 'random', 'round_robin', 'round-robin'])
  return present({
    prompt: section.text('prompt'),
    // An empty prefix is one: branches are named by the spec's id alone.
    branchPrefix: section.textOrEmpty('branch_prefix', (prefix) =>
      orElse('the start of a branch name', branchName(prefix, 'spec')),
    ),
    model: section.text('model', modelName),
    mainBranch: section.text('main_branch', (name) =>
      branchName('', name).ok ? ok(name) : err('the name of a branch'),
    ),
    provider: section.oneOf('provider', ['claude', 'ollama', 'openai', 'kirocli']),
    rotationStrategy: strategy === 'round_robin' ? 'round-robin' : strategy,
    promptExtensions: section.texts('prompt_extensions'),
  })
}

/** The reason without its full stop, behind what was expected. */
const orElse = (expected: string, result: Result<string, string>): Result<string, string> =>
  result.ok ? result : err(`${expected}: ${result.error.replace(/\.$/, '')}`)

function readParallel(section: Section | undefined): ConfigLayer['parallel'] {
  if (section === undefined) return undefined
  const otherwise = DEFAULT_CONFIG.parallel
  return {
    agents: accountsOf(section.sections('agents') ?? []),
    staggerDelayMs: section.count('stagger_delay_ms') ?? otherwise.staggerDelayMs,
    staggerJitterMs: section.count('stagger_jitter_ms') ?? otherwise.staggerJitterMs,
  }
}

const readApproval = (section: Section | undefined): ConfigLayer['approval'] =>
  section && { requireForAgentWork: section.flag('require_approval_for_agent_work') ?? false }

const readValidation = (section: Section | undefined): ConfigLayer['validation'] =>
  section && { strictOutput: section.flag('strict_output_validation') ?? false }

function readLint(section: Section | undefined): LintConfig | undefined {
  if (section === undefined) return undefined
  const { disable, thresholds: otherwise } = DEFAULT_CONFIG.lint
  const thresholds = section.section('thresholds')
  const count = (name: string, fallback: number): number => thresholds?.count(name) ?? fallback
  return {
    thresholds: {
      complexityCriteria: count('complexity_criteria', otherwise.complexityCriteria),
      complexityFiles: count('complexity_files', otherwise.complexityFiles),
      complexityWords: count('complexity_words', otherwise.complexityWords),
      simpleCriteria: count('simple_criteria', otherwise.simpleCriteria),
      simpleFiles: count('simple_files', otherwise.simpleFiles),
      simpleWords: count('simple_words', otherwise.simpleWords),
    },
    disable: section.texts('disable') ?? disable,
  }
}

function readFailure(watch: Section | undefined): ConfigLayer['failure'] {
  if (watch === undefined) return undefined
  const section = watch.section('failure')
  const otherwise = DEFAULT_CONFIG.failure
  return {
    ...present({ maxRetries: section?.count('max_retries') }),
    retryDelayMs: section?.count('retry_delay_ms') ?? otherwise.retryDelayMs,
    backoffMultiplier: section?.atLeast('backoff_multiplier', 1) ?? otherwise.backoffMultiplier,
    retryablePatterns: section?.texts('retryable_patterns') ?? otherwise.retryablePatterns,
  }
}
