import type { RunInfo } from '../board/event.ts'
import { remarksOnCheckout } from '../git/checkout-remarks.ts'
import { serially } from '../git/worktree.ts'
import type { Environment, Inputs } from '../inputs.ts'
import type { Tree } from '../process/members.ts'
import { Registry } from '../process/registry.ts'
import { killTreeNow } from '../process/stop.ts'
import { DescendantWatch } from '../process/watch.ts'
import { shownCommit } from '../shell/github-context.ts'
import { Journal } from '../shell/journal.ts'
import { LiveReport } from '../shell/live-report.ts'
import { keepSecrets } from '../shell/secrets.ts'
import type { SpecId } from '../spec/spec.ts'
import { VERSION } from '../version.ts'
import { CheckoutGuard } from './checkout-guard.ts'
import type { RunContext } from './context.ts'
import type { OpenRun } from './open-run.ts'
import { Pulse } from './pulse.ts'
import { parallelism, parallelismByFiles, type Survey } from './survey.ts'

/** How often descendants, output and heartbeat are looked at. Milliseconds. */
const BEAT_MS = 1_000

/** A run that is recorded and shown: what workers need, and what makes their state visible. */
export interface Session extends Disposable {
  readonly ctx: RunContext
  readonly report: LiveReport
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
  const report = new LiveReport(journal, open.dir, {
    summaryPath: env['GITHUB_STEP_SUMMARY'],
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
  for (const { file, line, column, message } of ground.folder.warnings)
    journal.append({ type: 'warning', code: 'spec', message: cleaner.clean(`${file}:${line}:${column} ${message}`) })
  for (const message of await remarksOnCheckout(ground.repository, open.base.sha))
    journal.append({ type: 'warning', code: 'checkout', message })
  if (run.maxParallel < parallelism(inputs.maxParallel))
    journal.append({
      type: 'warning',
      code: 'descriptors',
      message: `At most ${run.maxParallel} workers run at once: this job may open too few files for more (\`ulimit -n\`).`,
    })
  journal.append({ type: 'planned', plan: open.plan })
  const ctx: RunContext = {
    inputs,
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
    environment: ground.agents.env,
    template: open.template,
    serially: serially(),
    onOutput: (specId, lines) => report.output(specId, lines),
    trees,
    urgent: () => urgent,
  }
  return {
    ctx,
    report,
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
    agent: inputs.agent,
    inputs: Object.fromEntries(Object.entries(inputs.given).map(([name, value]) => [name, cleaner.clean(value)])),
    withheld: ground.agents.withheld,
    ...(repository ? { links: { repository, run: `${repository}/actions/runs/${github.runId ?? ''}` } } : {}),
    ...(isPullRequest && inputs.specs.length + inputs.labels.length === 0 ? { changedOnly: true } : {}),
    ...(commit ? { checks: { commit, prefix: ground.repository.prefix } } : {}),
    logsDir: open.dir.logs,
  }
}
