/**
 * What a project says about its own specs, as the `chant` CLI (v0.23) stores it: the YAML front matter of `.chant/config.md`, laid
 * over the global file, with `.chant/agents.md` for the accounts. Described in chant's `docs/reference/config.md`.
 *
 * A value that nobody set is absent where its absence means something (an action input or a spec may come in between);
 * everything else has chant's default.
 */
export interface ProjectConfig {
  readonly project: {
    /** The name that prompts show; absent = the project's folder. */
    readonly name?: string
    /** chant puts it before new ids; an id is read the same with and without it. */
    readonly prefix?: string
    /** chant keeps `.chant` out of git. What counts here is whether git ignores a spec, whatever this says. */
    readonly silent: boolean
  }
  readonly defaults: {
    readonly prompt?: string
    readonly branchPrefix?: string
    readonly model?: string
    readonly mainBranch?: string
    /** `claude`, `ollama`, `openai`, `kirocli`, …, as written. */
    readonly provider?: string
    readonly rotationStrategy: RotationStrategy
    /** Names in `.chant/prompts/extensions`, in the order in which they are appended. */
    readonly promptExtensions: readonly string[]
  }
  readonly parallel: {
    /** Empty = nobody set any. */
    readonly agents: readonly AgentAccount[]
    readonly staggerDelayMs: number
    readonly staggerJitterMs: number
  }
  readonly approval: {
    readonly requireForAgentWork: boolean
  }
  readonly validation: {
    /** Output that does not fit `output_schema` fails the spec; else it is a warning. */
    readonly strictOutput: boolean
  }
  readonly lint: LintConfig
  /** `watch.failure`: how often and when what failed in passing is tried again. */
  readonly failure: {
    readonly maxRetries?: number
    readonly retryDelayMs: number
    readonly backoffMultiplier: number
    /** Patterns of errors to try again, as written. */
    readonly retryablePatterns: readonly string[]
  }
}

export type RotationStrategy = 'none' | 'random' | 'round-robin'

/** One account of an agent: several share a run's specs. */
export interface AgentAccount {
  readonly name: string
  /** A command by name or path. */
  readonly command: string
  /** How many of its processes may run at once, at least 1. */
  readonly maxConcurrent: number
  /** Its share where accounts are chosen, at least 1. */
  readonly weight: number
  /** Which agent it is, where the command's name does not say so. Ours, not chant's. */
  readonly agent?: string
  /** The model of everything that it works, whatever else names one. Ours, not chant's. */
  readonly model?: string
  /** Variables of the job that only this account gets: `NAME`, a glob, or `NAME=OTHER`. Ours, not chant's. */
  readonly passEnv: readonly string[]
}

export interface LintConfig {
  readonly thresholds: {
    readonly complexityCriteria: number
    readonly complexityFiles: number
    readonly complexityWords: number
    readonly simpleCriteria: number
    readonly simpleFiles: number
    readonly simpleWords: number
  }
  /** Names of rules that are not applied, in chant's spelling (`complexity_words`). */
  readonly disable: readonly string[]
}

/** chant's own defaults (its `src/config/defaults.rs`). */
export const DEFAULT_CONFIG: ProjectConfig = {
  project: { silent: false },
  defaults: { rotationStrategy: 'none', promptExtensions: [] },
  parallel: { agents: [], staggerDelayMs: 1000, staggerJitterMs: 200 },
  approval: { requireForAgentWork: false },
  validation: { strictOutput: false },
  lint: {
    thresholds: {
      complexityCriteria: 10,
      complexityFiles: 5,
      complexityWords: 150,
      simpleCriteria: 1,
      simpleFiles: 1,
      simpleWords: 3,
    },
    disable: ['complexity_words'],
  },
  failure: { retryDelayMs: 60_000, backoffMultiplier: 2, retryablePatterns: [] },
}
