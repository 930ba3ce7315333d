import { PRICE_LIST } from '../agent/price-list.ts'
import type { RunInfo } from '../board/event.ts'
import { shownSettings } from '../config/shown-settings.ts'
import { remarksOnCheckout } from '../git/checkout-remarks.ts'
import type { Environment, Inputs } from '../inputs.ts'
import type { Tree } from '../process/members.ts'
import { Registry } from '../process/registry.ts'
import { killTreeNow } from '../process/stop.ts'
import { DescendantWatch } from '../process/watch.ts'
import { byImportance } from '../report/lint-report.ts'
import { ONE_ACCOUNT } from '../schedule/fleet.ts'
import { shownCommit } from '../shell/github-context.ts'
import { Journal } from '../shell/journal.ts'
import { LiveReport } from '../shell/live-report.ts'
import { cleaned, keepSecrets } from '../shell/secrets.ts'
import { StepSummary } from '../shell/step-summary.ts'
import { below, type Diagnostic, formatDiagnostic, isElsewhere } from '../spec/diagnostic.ts'
import type { SpecId } from '../spec/spec.ts'
import { VERSION } from '../version.ts'
import { CheckoutGuard } from './checkout-guard.ts'
import type { RunContext } from './context.ts'
import { makeCrew } from './crew.ts'
import type { OpenRun } from './open-run.ts'
import { Pulse } from './pulse.ts'
import { parallelism, parallelismByFiles, type Survey } from './survey.ts'

/** How often descendants, output and heartbeat are looked at. Milliseconds. */
const BEAT_MS = 1_000

/** As much advice as anybody reads; mode lint says it all. */
const ADVICE = 100

/** A run that starts nothing has nobody to start it. */
const NOBODY = makeCrew(ONE_ACCOUNT, [], { maxTurns: undefined, extraArgs: [] })

/** A run that is recorded and shown: what workers need, and what makes their state visible. */
export interface Session extends Disposable {
  readonly ctx: RunContext
  readonly report: LiveReport
  /** What the page of the workflow run shows of this step. */
  readonly summary: StepSummary
  /** A second signal: no more grace for anybody. */
  readonly hurry: () => void
  /** The last resort of a crash: every process of ours gets KILL at once. */
  readonly killAll: () => void
}

/** Opens the journal with its first two facts, the run and its plan, and starts listening and looking. */
export async function openSession(inputs: Inputs, ground: Survey, open: OpenRun, env: Environment): Promise<Session> {
  const { cleaner } = ground
  keepSecrets(open.dir, ground.secrets)
  const journal = Journal.open(open.dir.journal)
  const registry = new Registry(ground.project)
  const specFiles = new Set(open.plan.workers.map(({ file }) => `${ground.repository.prefix}${file}`))
  const guard = await CheckoutGuard.start(ground.repository, open.repository, specFiles)
  const summary = new StepSummary(env, cleaner.clean)
  const report = new LiveReport(journal, open.dir, {
    summary,
    stream: inputs.logStream,
    cleaner,
  })
  const trees = new Map<string, Tree>()
  const watch = new DescendantWatch(ground.table, (token, processes) => {
    const tree = trees.get(token)
    if (tree) trees.set(token, { ...tree, noted: [...tree.noted, ...processes] })
    journal.append({ type: 'process-noted', token, processes })
  })
  const pulse = new Pulse(BEAT_MS)
  pulse.each(() => watch.look())
  pulse.each(() => report.beat())
  pulse.each(() => {
    if (journal.heal())
      journal.append({
        type: 'warning',
        code: 'journal-restored',
        message: `The journal was removed while the run went on and was written anew: ${journal.path}`,
      })
  })
  let urgent = false
  const run = runInfo(inputs, ground, open)
  journal.append({ type: 'run-started', run })
  for (const warning of [...ground.config.warnings, ...open.instructions.warnings])
    journal.append({ type: 'warning', code: 'config', ...atItsPlace(warning, ground) })
  if (inputs.agents.trim() !== '' && open.agents.every(({ adapter }) => adapter.name === 'command'))
    journal.append({
      type: 'warning',
      code: 'config',
      message: 'Input `agents` is given, but `agent: command` uses no accounts: it runs what `command` says.',
    })
  for (const message of open.engaged?.warnings ?? []) journal.append({ type: 'warning', code: 'agent', message })
  for (const message of await remarksOnCheckout(ground.repository, open.base.sha))
    journal.append({ type: 'warning', code: 'checkout', message })
  if (run.maxParallel < parallelism(inputs.maxParallel))
    journal.append({
      type: 'warning',
      code: 'descriptors',
      message: `At most ${run.maxParallel} workers run at once: this job may open too few files for more (\`ulimit -n\`).`,
    })
  journal.append({ type: 'planned', plan: open.plan })
  noteLint(journal, open.lint, ground)
  const ctx: RunContext = {
    inputs,
    settings: open.settings,
    run,
    dir: open.dir,
    journal,
    table: ground.table,
    registry,
    workspace: ground.repository,
    repository: open.repository,
    cleaner,
    watch,
    pulse,
    guard,
    specs: new Map(ground.folder.specs.map((spec): [SpecId, typeof spec] => [spec.id, spec])),
    crew: open.engaged?.crew ?? NOBODY,
    prices: open.engaged?.prices ?? PRICE_LIST,
    instructions: open.instructions,
    onOutput: (specId, lines) => report.output(specId, lines),
    trees,
    urgent: () => urgent,
  }
  return {
    ctx,
    report,
    summary,
    hurry: () => {
      urgent = true
    },
    killAll: () => {
      for (const tree of trees.values()) killTreeNow(tree, ground.table)
    },
    [Symbol.dispose]: () => {
      pulse[Symbol.dispose]()
      journal[Symbol.dispose]()
    },
  }
}

/**
 * What was odd about reading a spec may change what its run means, so each is a warning. What could be better about it is
 * for whoever reads the summary, and must not drown the rest.
 */
function noteLint(journal: Journal, lint: readonly Diagnostic[], ground: Survey): void {
  const { folder, cleaner } = ground
  const odd = new Set(folder.warnings)
  for (const found of lint.filter((each) => odd.has(each)))
    journal.append({ type: 'warning', code: 'spec', ...atItsPlace(found, ground) })
  const advice = lint.filter((each) => !odd.has(each))
  if (advice.length === 0) return
  const found = byImportance({ found: advice, specs: 0 }).slice(0, ADVICE)
  const specs = new Set(advice.map(({ file }) => file)).size
  journal.append({ type: 'linted', total: advice.length, specs, found: cleaned(found, cleaner.clean) })
}

/** In words, with its place as seen from the root of the repository, which may hold several projects; and the place itself, where that is in it. */
function atItsPlace(
  found: Diagnostic,
  { repository, cleaner }: Survey,
): {
  readonly message: string
  readonly place?: Pick<Diagnostic, 'file' | 'line' | 'column'>
} {
  const { file, line, column } = found
  const message = cleaner.clean(formatDiagnostic({ ...found, file: below(repository.prefix, file) }))
  return { message, ...(isElsewhere(file) ? {} : { place: { file, line, column } }) }
}

function runInfo(inputs: Inputs, ground: Survey, open: OpenRun): RunInfo {
  const { github, cleaner } = ground
  const repository = github.repository ? `${github.serverUrl}/${github.repository}` : undefined
  const commit = shownCommit(github)
  const isPullRequest = github.event.startsWith('pull_request') && github.pullRequest !== undefined
  return {
    key: open.key,
    mode: inputs.mode === 'plan' ? 'plan' : 'run',
    version: VERSION,
    workspace: ground.workspace,
    project: ground.project,
    stateDir: open.dir.root,
    main: open.main,
    base: open.base,
    maxParallel: Math.min(parallelism(inputs.maxParallel), parallelismByFiles()),
    agent: open.engaged?.shown ?? [...new Set(open.agents.map(({ adapter }) => adapter.name))].join(', '),
    accounts: open.agents.map(({ name }) => name),
    pricesDate: (open.engaged?.prices ?? PRICE_LIST).date,
    ...(inputs.maxCostUsd === undefined ? {} : { maxCostUsd: inputs.maxCostUsd }),
    inputs: Object.fromEntries(Object.entries(inputs.given).map(([name, value]) => [name, cleaner.clean(value)])),
    settings: shownSettings(open.settings, ground.sources).map((setting) => ({
      ...setting,
      value: cleaner.clean(setting.value),
    })),
    withheld: ground.agents.withheld.filter((name) => !open.engaged?.handed.includes(name)),
    ...(repository ? { links: { repository, run: `${repository}/actions/runs/${github.runId ?? ''}` } } : {}),
    ...(isPullRequest && inputs.specs.length + inputs.labels.length === 0 ? { changedOnly: true } : {}),
    ...(commit ? { checks: { commit, prefix: ground.repository.prefix } } : {}),
    logsDir: open.dir.logs,
  }
}
