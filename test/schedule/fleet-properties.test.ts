import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Outcome } from '../../src/outcome/outcome.ts'
import type { PlannedWorker } from '../../src/plan/plan.ts'
import type { AccountOptions } from '../../src/schedule/accounts.ts'
import type { FailureClass } from '../../src/schedule/failure.ts'
import { type Fleet, ONE_ACCOUNT } from '../../src/schedule/fleet.ts'
import { mayBegin, step, wakeAt } from '../../src/schedule/scheduler.ts'
import {
  makeScheduler,
  type SchedulerAction,
  type SchedulerEvent,
  type SchedulerState,
} from '../../src/schedule/scheduler-state.ts'
import type { SpecId } from '../../src/spec/spec.ts'
import { aWorker } from '../builders.ts'
import { runs } from '../random-cases.ts'

/** Random plans on random fleets, carried out as the executor does it: a start becomes a process at its second, or is held. */

const MODELS = ['m0', 'm1', 'm2'] as const
const CLASSES = ['rate-limit', 'quota', 'overloaded', 'network', 'auth', 'permission', 'model'] as const

type Move =
  | { readonly type: 'end'; readonly which: number; readonly how: 'well' | 'badly' | 'neutral' }
  | { readonly type: 'fail'; readonly which: number; readonly kind: FailureClass; readonly reset: number | undefined }
  | { readonly type: 'limit'; readonly which: number; readonly wait: number | undefined; readonly isFirst: boolean }
  | { readonly type: 'pass'; readonly ms: number }
  | { readonly type: 'stop'; readonly cause: 'signal' | 'budget' | 'deadline'; readonly running: 'stop' | 'finish' }

const which = fc.nat(1000)
const soon = fc.option(fc.oneof(fc.nat(5_000), fc.nat(3 * 3600_000)), { nil: undefined })
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('end' as const),
      which,
      how: fc.constantFrom('well' as const, 'well' as const, 'well' as const, 'badly' as const, 'neutral' as const),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ type: fc.constant('fail' as const), which, kind: fc.constantFrom(...CLASSES), reset: soon }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('limit' as const), which, wait: soon, isFirst: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat(4_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('stop' as const),
      cause: fc.constantFrom('signal' as const, 'budget' as const, 'deadline' as const),
      running: fc.constantFrom('stop' as const, 'finish' as const),
    }),
  },
)

const told = fc.option(
  fc.oneof(
    // Of its own vendor's models only.
    fc
      .subarray([...MODELS])
      .map((own) => new Map(MODELS.map((model) => [model, own.includes(model) ? model : undefined]))),
    // A model of its own.
    fc.constantFrom(...MODELS).map((own) => new Map(MODELS.map((model) => [model, own]))),
  ),
  { nil: undefined },
)

const fleets: fc.Arbitrary<Fleet> = fc.record({
  accounts: fc
    .array(fc.record({ maxConcurrent: fc.integer({ min: 1, max: 3 }), weight: fc.integer({ min: 1, max: 3 }), told }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((all) => all.map(({ told, ...one }, n): AccountOptions => ({ name: `a${n}`, ...one, ...(told && { told }) }))),
  strategy: fc.constantFrom('none' as const, 'random' as const, 'round-robin' as const),
  stagger: fc.record({ delayMs: fc.constantFrom(0, 1000), jitterMs: fc.constantFrom(0, 200) }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  backoff: fc.record({ delayMs: fc.constantFrom(0, 1000), multiplier: fc.constantFrom(1, 2) }),
  longestWaitMs: fc.constant(ONE_ACCOUNT.longestWaitMs),
})

const plans: fc.Arbitrary<readonly PlannedWorker[]> = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(), { maxLength: 2 }),
      model: fc.option(fc.constantFrom(...MODELS), { nil: undefined }),
      bySpec: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((rows) =>
    rows.map(({ needs, model, bySpec }, n) =>
      aWorker({
        id: `w${n}`,
        dependsOn: n === 0 ? [] : [...new Set(needs.map((at) => `w${at % n}`))],
        ...(model === undefined ? {} : { model, chosenBy: { model: bySpec ? 'spec' : 'input model' } }),
      }),
    ),
  )

const scenarios = fc.record({
  plan: plans,
  fleet: fleets,
  maxParallel: fc.integer({ min: 1, max: 5 }),
  failFast: fc.boolean(),
  script: fc.array(moves, { maxLength: 80 }),
  seed: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

const outcomeOf = (kind: FailureClass): Outcome => {
  if (kind === 'rate-limit' || kind === 'quota') return { type: 'rate-limited', message: kind }
  if (kind === 'model') return { type: 'unknown-model', message: kind }
  if (kind === 'auth' || kind === 'permission') return { type: 'auth-failed', message: kind }
  return { type: 'provider-failed', cause: kind, message: kind }
}

type Phase = 'starting' | 'running' | 'waiting' | 'finishing' | 'ended'

/** The world around the scheduler: what it knows of each worker, and every rule that must hold after each step. */
class World {
  readonly plan: readonly PlannedWorker[]
  readonly fleet: Fleet
  readonly maxParallel: number
  state: SchedulerState
  at = 0
  finished = 0
  readonly phases = new Map<SpecId, Phase>()
  /** With its account and the second at which it may become a process. */
  readonly given = new Map<SpecId, { readonly account: number; readonly notBefore: number }>()
  readonly starts = new Map<SpecId, number>()
  /** Accounts that told a worker, by its own attempt, that they are no use to it. */
  readonly refused = new Map<SpecId, Set<number>>()
  readonly succeeded = new Set<SpecId>()
  /** Accounts that never take anything again. */
  readonly closed = new Set<number>()
  private draw: number

  constructor(
    plan: readonly PlannedWorker[],
    fleet: Fleet,
    options: { readonly maxParallel: number; readonly failFast: boolean },
    seed: number,
  ) {
    this.plan = plan
    this.fleet = fleet
    this.maxParallel = options.maxParallel
    this.draw = seed
    this.state = makeScheduler(plan, { ...options, fleet })
  }

  of = (...phases: readonly (Phase | 'unborn')[]): readonly SpecId[] =>
    this.plan.map(({ specId }) => specId).filter((id) => phases.includes(this.phases.get(id) ?? 'unborn'))

  send(event: SchedulerEvent): void {
    this.draw = (this.draw * 1.618 + 0.137) % 1
    const wasStopping = this.state.stopping !== undefined
    const [next, actions] = step(this.state, event, { at: this.at, random: this.draw })
    this.state = next
    for (const [place, { stopped }] of next.accounts.entries()) if (stopped) this.closed.add(place)
    for (const action of actions) this.perform(action, event, wasStopping)
    this.check()
  }

  private perform(action: SchedulerAction, event: SchedulerEvent, wasStopping: boolean): void {
    expect(this.finished).toBe(0)
    if (action.type === 'finish') {
      this.finished++
      return
    }
    const { specId } = action
    const phase = this.phases.get(specId)
    switch (action.type) {
      case 'start': {
        expect(wasStopping).toBe(false)
        expect([undefined, 'waiting']).toContain(phase)
        const place = this.fleet.accounts.findIndex(({ name }) => name === action.account)
        const needs = this.plan.find((worker) => worker.specId === specId)?.dependsOn ?? []
        for (const need of needs) expect([...this.succeeded]).toContain(need)
        expect(this.closed.has(place)).toBe(false)
        expect(this.refused.get(specId)?.has(place) ?? false).toBe(false)
        // Another model only where every account that is told this one is closed or has sent the spec away, and none lacks it.
        const told = [...this.likely(specId)].filter((at) => !this.closed.has(at))
        if (!this.likely(specId).has(place))
          expect(told.filter((at) => this.mayUse(specId, at) || this.lacks(specId, at))).toEqual([])
        expect(action.notBefore).toBeGreaterThanOrEqual(this.at)
        this.phases.set(specId, 'starting')
        this.given.set(specId, { account: place, notBefore: action.notBefore })
        this.starts.set(specId, (this.starts.get(specId) ?? 0) + 1)
        return
      }
      case 'wait':
        expect(phase).toBe('waiting')
        return
      case 'give-up':
        expect(phase).toBe('waiting')
        // Whose attempts are not used up ends only where no account is left that may have its model.
        if (
          !wasStopping &&
          !this.state.stopping &&
          !['rate-limited', 'provider-failed'].includes(action.outcome.type)
        ) {
          // The account of its own failure is not excluded on record, where that was the end.
          const own = event.type === 'attempt-failed' && event.specId === specId ? this.given.get(specId)?.account : -1
          const left = [...this.likely(specId)].filter((at) => this.mayUse(specId, at) && !this.lacks(specId, at))
          expect(left.filter((at) => at !== own)).toEqual([])
        }
        this.phases.set(specId, 'finishing')
        return
      case 'stop':
        expect(['starting', 'running', 'waiting']).toContain(phase)
        if (phase === 'waiting') this.phases.set(specId, 'finishing')
        return
      case 'end-unstarted':
        expect(phase).toBeUndefined()
        this.phases.set(specId, 'ended')
    }
  }

  /** Accounts that are told the model which the spec names itself; all where it names none or nobody is. */
  private likely(id: SpecId): ReadonlySet<number> {
    const all = [...this.fleet.accounts.keys()]
    const worker = this.plan.find(({ specId }) => specId === id)
    const has = all.filter((place) => this.toldOn(id, place) === worker?.model)
    return new Set(worker?.chosenBy?.model === 'spec' && has.length > 0 ? has : all)
  }

  private toldOn(id: SpecId, place: number): string | undefined {
    const model = this.plan.find(({ specId }) => specId === id)?.model
    const told = this.fleet.accounts[place]?.told
    return told?.has(model) ? told.get(model) : model
  }

  private lacks = (id: SpecId, place: number) => this.state.accounts[place]?.lacks.has(this.toldOn(id, place)) === true

  private mayUse(id: SpecId, place: number): boolean {
    const known = this.state.retries.get(this.state.roster.places.get(id) ?? -1)
    return !this.closed.has(place) && !this.refused.get(id)?.has(place) && known?.excluded.has(place) !== true
  }

  /** What holds whenever nothing happens. */
  private check(): void {
    const { state, at } = this
    const active = this.of('starting', 'running')
    expect(active.length).toBeLessThanOrEqual(this.maxParallel)
    for (const [place, account] of state.accounts.entries()) {
      if (account.stopped) this.closed.add(place)
      expect(account.stopped !== undefined).toBe(this.closed.has(place))
      const mine = active.filter((id) => this.given.get(id)?.account === place)
      expect(account.running).toBe(mine.length)
      expect(mine.length).toBeLessThanOrEqual(account.options.maxConcurrent)
      expect(account.limit).toBeGreaterThanOrEqual(1)
      expect(account.limit).toBeLessThanOrEqual(account.options.maxConcurrent)
    }
    if (state.stopping) return
    // Nobody waits out the pause of an account that is of no use any more.
    for (const [place, known] of state.retries) {
      const id = state.roster.ids[place]
      if (id === undefined || this.phases.get(id) !== 'waiting' || known.resting === undefined) continue
      if (this.closed.has(known.resting)) expect(known.notBefore).toBeLessThanOrEqual(at)
    }
    // A slot, an account and a worker that may have it never stand beside each other.
    if (active.length >= this.maxParallel) return
    const idle = state.accounts.flatMap(({ stopped, pausedUntil, running, limit }, place) =>
      stopped === undefined && pausedUntil <= at && running < limit ? [place] : [],
    )
    for (const worker of this.plan) {
      const phase = this.phases.get(worker.specId)
      const due = state.retries.get(state.roster.places.get(worker.specId) ?? -1)?.notBefore ?? at
      const ready = phase === undefined && worker.dependsOn.every((need) => this.succeeded.has(need))
      if (!(ready || (phase === 'waiting' && due <= at))) continue
      const useful = idle.filter(
        (place) =>
          this.likely(worker.specId).has(place) &&
          this.mayUse(worker.specId, place) &&
          !this.lacks(worker.specId, place),
      )
      expect({ worker: worker.specId, useful }).toEqual({ worker: worker.specId, useful: [] })
    }
  }

  end(id: SpecId, how: 'well' | 'badly' | 'neutral'): void {
    this.phases.set(id, 'ended')
    if (how === 'well') this.succeeded.add(id)
    this.send({ type: 'worker-ended', specId: id, succeeded: how === 'well', isNeutral: how === 'neutral' })
  }

  fail(id: SpecId, kind: FailureClass, reset: number | undefined): void {
    const account = this.given.get(id)?.account ?? -1
    if (kind === 'auth' || kind === 'permission' || kind === 'model')
      this.refused.set(id, new Set([...(this.refused.get(id) ?? []), account]))
    this.phases.set(id, 'waiting')
    this.send({
      type: 'attempt-failed',
      specId: id,
      failure: { class: kind, outcome: outcomeOf(kind), ...(reset === undefined ? {} : { resetsAt: this.at + reset }) },
    })
  }

  /** Starts whose second has come become processes, or are held. */
  begin(): void {
    for (const id of this.of('starting')) {
      const given = this.given.get(id)
      if (!given || given.notBefore > this.at || this.phases.get(id) !== 'starting') continue
      if (mayBegin(this.state, id, this.at)) {
        const account = this.state.accounts[given.account]
        expect([account?.stopped, (account?.pausedUntil ?? 0) <= this.at]).toEqual([undefined, true])
        this.phases.set(id, 'running')
      } else {
        this.phases.set(id, 'waiting')
        this.send({ type: 'attempt-held', specId: id })
      }
    }
  }

  pass(ms: number): void {
    const until = this.at + ms
    for (;;) {
      const wake = wakeAt(this.state, this.at)
      const second = Math.min(...this.of('starting').map((id) => this.given.get(id)?.notBefore ?? until))
      const next = Math.min(until, wake ?? until, second > this.at ? second : until)
      this.at = next
      this.send({ type: 'tick' })
      this.begin()
      if (next >= until) return
    }
  }
}

it('loses nobody, works nobody twice, starts nothing on a closed account and comes to an end, on any fleet', () => {
  fc.assert(
    fc.property(scenarios, ({ plan, fleet, maxParallel, failFast, script, seed }) => {
      const world = new World(plan, fleet, { maxParallel, failFast }, seed)
      world.send({ type: 'begin' })
      world.begin()
      const moves = [...script]
      for (let turn = 0; world.finished === 0; turn++) {
        expect(turn).toBeLessThan(2_000)
        const [done] = world.of('finishing')
        // Sooner or later; what happens in between must not disturb it.
        if (done !== undefined && (turn % 3 === 0 || world.of('starting', 'running').length === 0)) {
          world.end(done, turn % 2 === 0 ? 'badly' : 'neutral')
          continue
        }
        const move = moves.shift()
        const running = world.of('running')
        const one = running[(move && 'which' in move ? move.which : 0) % Math.max(1, running.length)]
        if (move?.type === 'stop') world.send(move)
        else if (move?.type === 'pass') world.pass(move.ms)
        else if (one !== undefined) {
          if (move === undefined || move.type === 'end') world.end(one, move?.how ?? 'well')
          else if (move.type === 'fail') world.fail(one, move.kind, move.reset)
          else {
            const { isFirst, wait } = move
            world.send({
              type: 'limit-seen',
              specId: one,
              limit: { isFirst, ...(wait === undefined ? {} : { waitMs: wait }) },
            })
          }
        } else if (world.of('starting').length > 0) {
          // Preparing may fail before there is a process.
          const [early] = world.of('starting')
          if (move?.type === 'end' && early !== undefined && move.how === 'badly') world.end(early, 'badly')
          else world.pass(1_000)
        } else if (done === undefined) {
          const wake = wakeAt(world.state, world.at)
          expect(wake, 'somebody is left, nobody works and nothing is waited for').toBeGreaterThan(world.at)
          world.pass((wake ?? world.at) - world.at)
        }
        world.begin()
      }
      expect(world.of('ended')).toHaveLength(plan.length)
      expect(world.state.left).toBe(0)
      for (const account of world.state.accounts) expect(account.running).toBe(0)
      // Attempts that count, a move off each account, and one start taken back for each of these.
      const most = (fleet.maxAttempts + fleet.accounts.length * 2) * 4 + script.length
      for (const count of world.starts.values()) expect(count).toBeLessThanOrEqual(most)
    }),
    { numRuns: runs(1500) },
  )
})
