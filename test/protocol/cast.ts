import type { EventBody, ProcessIdentity, RecoveredKind } from '../../src/board/event.ts'
import type { Conclusion, Outcome, StopCause } from '../../src/outcome/outcome.ts'
import type { PlannedWorker } from '../../src/plan/plan.ts'
import type { SpecId } from '../../src/spec/spec.ts'
import { aPlan, aWorker } from '../builders.ts'
import { aRun } from '../report/board-fixture.ts'
import type { Index, Pair, Setting } from './world.ts'

/** Who and what appears in the searched worlds. Pids are larger than any real one, the test's own included. */
const identity = (number: number, start: string): ProcessIdentity => ({
  pid: 2 ** 22 + number,
  start,
  boot: 'boot',
  namespace: 'pid:[1]',
})

export const MAIN = identity(1, '100')
export const AGENT: Pair<ProcessIdentity> = [identity(10, '200'), identity(11, '200')]
export const CHILD: Pair<ProcessIdentity> = [identity(20, '300'), identity(21, '300')]
/** Each start of post or of a next run is another process. */
export const recovererIdentity = (role: 'post' | 'next', number: number): ProcessIdentity =>
  identity((role === 'post' ? 30 : 40) + number, `40${number}`)

export const tokenOf = (index: Index): string => `token-${index}`
export const worktreeOf = (index: Index): string => `/state/wt/${index}`

const ids = ['2026-11-02-001-abc', '2026-11-02-002-abc'] as const

export function planned({ dependent }: Setting): Pair<PlannedWorker> {
  const [first, second] = ids
  return [aWorker({ id: first }), aWorker({ id: second, dependsOn: dependent ? [first] : [] })]
}

const [firstWorker, secondWorker] = [aWorker({ id: ids[0] }), aWorker({ id: ids[1] })]
const SPECS: Pair<SpecId> = [firstWorker.specId, secondWorker.specId]
export const specOf = (index: Index): SpecId => SPECS[index]
export const indexOf = (specId: SpecId): Index => (specId === SPECS[0] ? 0 : 1)

/** Each event is made once. */
const once = <K, V>(make: (key: K) => V): ((key: K) => V) => {
  const made = new Map<K, V>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}

export const runStarted: EventBody = { type: 'run-started', run: aRun({ main: MAIN }) }
export const plannedEvent = once((setting: Setting): EventBody => ({ type: 'planned', plan: aPlan(planned(setting)) }))
export const runStopping = once((cause: StopCause): EventBody => ({ type: 'run-stopping', cause }))
export const runFinished = once((conclusion: Conclusion): EventBody => ({ type: 'run-finished', conclusion }))
export const runSettled: EventBody = { type: 'run-settled' }

export const preparing = once((index: Index): EventBody => ({ type: 'worker-preparing', specId: SPECS[index] }))

export const worktreeCreated = once(
  (index: Index): EventBody => ({
    type: 'worktree-created',
    specId: SPECS[index],
    worktree: worktreeOf(index),
    branch: `chant/${SPECS[index]}`,
    base: 'base',
    start: 'start',
    specIgnored: false,
  }),
)

export const spawning = once(
  (index: Index): EventBody => ({
    type: 'process-spawning',
    specId: SPECS[index],
    role: 'agent',
    attempt: 1,
    token: tokenOf(index),
    worktree: worktreeOf(index),
    stdout: '/state/raw/out',
    stderr: '/state/raw/err',
  }),
)

export const running = once(
  (index: Index): EventBody => ({
    type: 'process-running',
    specId: SPECS[index],
    token: tokenOf(index),
    identity: AGENT[index],
  }),
)

export const noted = once(
  (index: Index): EventBody => ({ type: 'process-noted', token: tokenOf(index), processes: [CHILD[index]] }),
)

export const stopRequested = once(
  (index: Index): EventBody => ({ type: 'stop-requested', specId: SPECS[index], cause: 'signal' }),
)

export const gone = once(
  (index: Index): EventBody => ({
    type: 'process-gone',
    specId: SPECS[index],
    token: tokenOf(index),
    exit: { type: 'unknown' },
    swept: [],
    killed: false,
  }),
)

export const recovered = once((what: RecoveredKind): EventBody => ({ type: 'recovered', what, message: '' }))

const dones = once((text: string): EventBody => JSON.parse(text))
export const done = (specId: SpecId, outcome: Outcome): EventBody =>
  dones(JSON.stringify({ type: 'worker-done', specId, outcome }))
