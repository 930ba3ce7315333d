import { type Board, fold } from '../../src/board/board.ts'
import type { Event, EventBody, ProcessIdentity, RunInfo } from '../../src/board/event.ts'
import { conclude } from '../../src/outcome/conclusion.ts'
import type { Outcome } from '../../src/outcome/outcome.ts'
import type { NotPlanned, Plan, PlannedWorker } from '../../src/plan/plan.ts'
import type { SpecId } from '../../src/spec/spec.ts'

export const T0 = Date.parse('2026-11-02T10:31:00.000Z')
/** Fixture ids are safe by construction; the brand belongs to `parseSpecId`, which is not under test here. */
export const id = (s: string): SpecId => s as SpecId

export const identity = (pid: number): ProcessIdentity => ({ pid, start: `${pid}00`, boot: 'b', namespace: 'pid:[1]' })

export const aRun = (over: Partial<RunInfo> = {}): RunInfo => ({
  key: '42-1-chant-work',
  mode: 'run',
  version: '0.1.0',
  workspace: '/ws',
  project: '/ws',
  stateDir: '/state',
  main: identity(100),
  base: { sha: 'abc1234def5678abc1234def5678abc1234def56', name: 'main' },
  maxParallel: 3,
  agent: 'command',
  accounts: ['main'],
  inputs: { 'max-parallel': '3', command: 'node agent.mjs' },
  withheld: ['AWS_SECRET_ACCESS_KEY', 'NPM_TOKEN'],
  logsDir: '/report/logs',
  ...over,
})

export const aPlanned = (specId: string, over: Partial<PlannedWorker> = {}): PlannedWorker => ({
  specId: id(specId),
  title: `Title of ${specId}`,
  file: `.chant/specs/${specId}.md`,
  branch: `chant/${specId}`,
  dependsOn: [],
  criticalPath: 1,
  wave: 1,
  agent: 'command',
  ...over,
})

export const aPlan = (workers: readonly PlannedWorker[], over: Partial<Plan> = {}): Plan => ({
  workers,
  notPlanned: [],
  counts: { total: workers.length, completed: 0, blocked: 0, approval: 0 },
  ...over,
})

export const aNotPlanned = (specId: string, over: Partial<NotPlanned> = {}): NotPlanned => ({
  specId,
  title: `Title of ${specId}`,
  file: `.chant/specs/${specId}.md`,
  reason: { type: 'approval-required' },
  message: 'needs approval: run `chant approve`',
  asked: false,
  ...over,
})

/** A journal being written, with a clock that only this object moves. */
export class Journal {
  readonly events: Event[] = []
  private now = T0

  at(seconds: number): this {
    this.now = T0 + seconds * 1000
    return this
  }

  add(...bodies: readonly EventBody[]): this {
    for (const body of bodies) this.events.push({ ...body, at: new Date(this.now).toISOString() })
    return this
  }

  /** The events of one agent process, from the slot to its start. */
  start(specId: string, pid: number, branch = `chant/${specId}`): this {
    return this.add(
      { type: 'worker-preparing', specId: id(specId) },
      {
        type: 'worktree-created',
        specId: id(specId),
        worktree: `/state/wt/${specId}`,
        branch,
        base: 'abc1234def5678abc1234def5678abc1234def56',
        start: 'abc1234def5678abc1234def5678abc1234def56',
        specIgnored: false,
      },
      ...this.process(specId, pid, 'agent', 1),
    )
  }

  process(specId: string, pid: number, role: 'setup' | 'agent' | 'verify', attempt: number): readonly EventBody[] {
    const token = `${specId}-${role}-${pid}`
    return [
      {
        type: 'process-spawning',
        specId: id(specId),
        role,
        attempt,
        token,
        worktree: `/state/wt/${specId}`,
        stdout: `/state/raw/${specId}.out`,
        stderr: `/state/raw/${specId}.err`,
      },
      { type: 'process-running', specId: id(specId), token, identity: identity(pid) },
    ]
  }

  gone(specId: string, pid: number, code: number, role: 'setup' | 'agent' | 'verify' = 'agent', swept = 0): this {
    return this.add({
      type: 'process-gone',
      specId: id(specId),
      token: `${specId}-${role}-${pid}`,
      exit: { type: 'code', code },
      swept: Array.from({ length: swept }, (_, i) => ({ pid: pid + i + 1, start: '1' })),
      killed: false,
    })
  }

  done(specId: string, outcome: Outcome): this {
    return this.add({ type: 'worker-done', specId: id(specId), outcome })
  }

  board(): Board {
    return fold(this.events)
  }

  finish(): this {
    return this.add({ type: 'run-finished', conclusion: conclude(this.board()) })
  }
}

const commits = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => `${i + 1}`.repeat(40))

const ADF = '2026-11-02-00k-adf'
const XBY = '2026-11-02-00r-xby'
const TUD = '2026-11-02-01c-tud'
const X4N = '2026-11-02-02a-x4n'
const P9Q = '2026-11-02-02b-p9q'
const ZZ1 = '2026-11-02-03f-zz1'
export const SPECS = { ADF, XBY, TUD, X4N, P9Q, ZZ1 } as const

export const CRITERIA_UNCHECKED: Outcome = {
  type: 'criteria-unchecked',
  total: 4,
  open: [{ text: 'stress test passes', line: 31 }],
  message: '1 of 4 acceptance criteria is not ticked: "stress test passes"',
}

/** Ten minutes of a run as in the drafts: six specs, one fails, one is blocked behind it. */
export function aJournal(run: Partial<RunInfo> = {}): Journal {
  const journal = new Journal()
  const plan = aPlan(
    [
      aPlanned(ADF, { title: 'Refactor parallel.rs', criticalPath: 2 }),
      aPlanned(XBY, { title: 'Fix worktree race', criticalPath: 2 }),
      aPlanned(TUD, { title: 'Fail early on invalid YAML' }),
      aPlanned(X4N, { title: 'Measure the pool', dependsOn: [id(ADF)], wave: 2 }),
      aPlanned(P9Q, { title: 'Name the slots', dependsOn: [id(ADF)], wave: 2 }),
      aPlanned(ZZ1, { title: 'Document the flow', dependsOn: [id(XBY)], wave: 2 }),
    ],
    {
      counts: { total: 20, completed: 12, blocked: 1, approval: 1 },
      notPlanned: [
        aNotPlanned('2026-11-02-04a-bad', {
          title: 'Bad | table',
          line: 4,
          column: 9,
          reason: { type: 'invalid-spec' },
          message: 'front matter: duplicate key "status" (first on line 3)',
        }),
        aNotPlanned('2026-11-02-04b-app', { title: 'Approve me' }),
      ],
    },
  )
  journal.add({ type: 'run-started', run: aRun(run) }, { type: 'planned', plan })
  if (run.mode === 'plan') return journal.finish()
  journal.at(2).start(ADF, 48121).start(XBY, 48127)
  journal.at(5).start(TUD, 48163)
  const said = (specId: string, text: string, lines: number): EventBody => ({
    type: 'agent-activity',
    specId: id(specId),
    text,
    lines,
  })
  journal.at(13).add(said(XBY, 'Bash cargo test', 60))
  journal.at(28).add(said(ADF, 'Edit src/parallel.rs', 90))
  journal.at(30).add(said(TUD, 'thinking', 12))
  return journal
}

/** The rest of that run. */
export function aFinishedJournal(run: Partial<RunInfo> = {}): Journal {
  const journal = aJournal(run)
  const end = (specId: string, pid: number, n: number): void => {
    journal.gone(specId, pid, 0)
    journal.add(
      { type: 'worker-verifying', specId: id(specId) },
      { type: 'worker-finalizing', specId: id(specId) },
      { type: 'work-committed', specId: id(specId), commits: commits(n), head: `${n}`.repeat(40), salvaged: false },
      { type: 'branch-returned', specId: id(specId), branch: `chant/${specId}`, head: `${n}`.repeat(40) },
    )
  }
  journal.at(160)
  end(TUD, 48163, 1)
  journal.done(TUD, { type: 'completed', message: 'The agent ended well.' })
  journal.at(298)
  end(ADF, 48121, 2)
  journal.done(ADF, { type: 'completed', message: 'The agent ended well.' }).start(X4N, 48544).start(P9Q, 48550)
  journal.at(602).gone(XBY, 48127, 0, 'agent', 2)
  journal.add({ type: 'work-committed', specId: id(XBY), commits: commits(1), head: '1'.repeat(40), salvaged: true })
  journal.done(XBY, CRITERIA_UNCHECKED)
  journal.done(ZZ1, { type: 'dependency-failed', needs: [XBY], message: `Needs ${XBY}, which did not succeed.` })
  journal.add({
    type: 'warning',
    code: 'checkout-touched',
    message: 'Cargo.lock changed in the workspace while 3 agents ran',
  })
  journal.at(610)
  end(X4N, 48544, 1)
  journal.done(X4N, { type: 'completed', message: 'The agent ended well.' })
  end(P9Q, 48550, 1)
  journal.done(P9Q, { type: 'no-changes', message: 'Nothing had to change.' })
  journal.at(612).add({ type: 'artifact-uploaded', name: 'chant-logs', id: 7, url: 'https://example.com/artifacts/7' })
  return journal.finish()
}

export const TAILS: ReadonlyMap<SpecId, readonly string[]> = new Map([
  [
    id(XBY),
    [
      'running 12 tests',
      '::error::not a command',
      'I could not run the stress test: `cargo nextest` is not installed.',
      '',
    ],
  ],
])
