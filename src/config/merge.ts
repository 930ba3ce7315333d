import type { AccountsRead } from './accounts.ts'
import { DEFAULT_CONFIG, type ProjectConfig } from './config.ts'
import type { ConfigLayer } from './read-config.ts'

/** Where a setting was written. */
export interface Origin {
  /** As diagnostics show it: `.chant/config.md`, `~/.config/chant/config.md`, `input agents`. */
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface MergedConfig {
  readonly config: ProjectConfig
  /** By key (`defaults.model`). A setting that nobody wrote has none. */
  readonly origins: ReadonlyMap<string, Origin>
}

export interface ConfigLayers {
  readonly global?: ConfigLayer | undefined
  readonly project?: ConfigLayer | undefined
  /** Lists of accounts, the one that goes first, first: the input `agents`, then `.chant/agents.md`. An empty list is none. */
  readonly accounts?: readonly (AccountsRead & { readonly file: string })[]
}

/**
 * One configuration of the files, as chant (v0.23) merges them: `project` and `defaults` setting by setting, the other
 * sections as a whole, and the accounts of `.chant/agents.md` over those of both. The name of a project comes from its own
 * file alone.
 */
export function mergeConfig({ global, project, accounts = [] }: ConfigLayers): MergedConfig {
  const { name: _, ...globalProject } = global?.project ?? {}
  const whole = <K extends 'parallel' | 'approval' | 'validation' | 'lint' | 'failure'>(section: K) =>
    project?.[section] ?? global?.[section] ?? DEFAULT_CONFIG[section]
  const account = accounts.find((list) => list.accounts.length > 0)
  const parallel = whole('parallel')
  const config: ProjectConfig = {
    project: { ...DEFAULT_CONFIG.project, ...globalProject, ...project?.project },
    defaults: { ...DEFAULT_CONFIG.defaults, ...global?.defaults, ...project?.defaults },
    parallel: account ? { ...parallel, agents: account.accounts } : parallel,
    approval: whole('approval'),
    validation: whole('validation'),
    lint: whole('lint'),
    failure: whole('failure'),
  }
  const origins = new Map([...originsIn(global, counts(project)), ...originsIn(project)])
  if (account?.place) origins.set('parallel.agents', { file: account.file, ...account.place })
  return { config, origins }
}

function originsIn(
  layer: ConfigLayer | undefined,
  counted: (key: string) => boolean = () => true,
): readonly (readonly [string, Origin])[] {
  if (!layer) return []
  return [...layer.places]
    .filter(([key]) => counted(key))
    .map(([key, place]) => [key, { file: layer.file, ...place }] as const)
}

/** Whether a setting of the global file counts beside what the project's own file has. */
function counts(project: ConfigLayer | undefined): (key: string) => boolean {
  const sections = ['parallel', 'approval', 'validation', 'lint', 'watch']
  const replaced = sections.filter((section) => project?.places.has(section))
  return (key) =>
    key !== 'project.name' && !replaced.some((section) => key === section || key.startsWith(`${section}.`))
}
