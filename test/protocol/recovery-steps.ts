import type { EventBody } from '../../src/board/event.ts'
import { decideOutcome, decideRecovery } from '../../src/board/recovery.ts'
import {
  AGENT,
  done,
  gone,
  indexOf,
  MAIN,
  recovered,
  recovererIdentity,
  runFinished,
  runSettled,
  tokenOf,
} from './cast.ts'
import { kill } from './machine.ts'
import type { Rules } from './main-steps.ts'
import { BOTH, type Index, type Move, put, type Recoverer, type World } from './world.ts'

type Role = 'post' | 'next'

/** Nothing is left for anybody: the run never began, or it is settled. */
export const isOver = ({ main, journal }: World): boolean =>
  main === undefined && (journal.board.run === undefined || journal.board.settled)

/** The runner starts post once main has ended; a next run, or `mode: clean`, may come at any time. */
export function* recovererStarts(world: World): Generator<Move> {
  if (isOver(world)) return
  for (const role of ['post', 'next'] as const) {
    if (world[role] || (role === 'post' && world.main)) continue
    const identity = recovererIdentity(role, world.budget.crashes)
    yield {
      name: `${role} starts`,
      world: { ...world, [role]: { identity, phase: 'starting', at: ['idle', 'idle'] } satisfies Recoverer },
    }
  }
}

/** What post (`src/post-run.ts`) or a next run (`src/work/left-runs.ts`) does next. */
export function* recovererMoves(world: World, role: Role, self: Recoverer, rules: Rules): Generator<Move> {
  const { journals, eyes, protocol } = rules
  const to = (phase: Recoverer['phase'], more: Partial<World> = {}): Move => ({
    name: `${role}: ${phase}`,
    world: { ...world, ...more, [role]: { ...self, phase } },
  })
  const append = (body: EventBody) => ({ journal: journals.append(world.journal, body) })
  const { board } = world.journal
  switch (self.phase) {
    case 'starting': {
      if (role === 'post' && !protocol.postTakesLock) {
        yield to('reading')
        return
      }
      const taken = world.lock && protocol.lockAsksHolder && eyes.compare(world, world.lock) !== 'different'
      yield taken
        ? { name: `${role}: refused`, world: { ...world, [role]: undefined } }
        : to('reading', { lock: self.identity })
      return
    }
    case 'reading': {
      const alive = eyes.compare(world, MAIN) !== 'different'
      yield alive || isOver(world) ? to('leaving') : to('recovering')
      return
    }
    case 'recovering': {
      const open = BOTH.filter((index) => {
        const tracked = board.processes.get(tokenOf(index))
        return tracked !== undefined && !tracked.gone
      })
      for (const index of open) yield* processMoves(world, role, self, index, rules)
      if (open.length > 0) return
      for (const worker of board.workers.values()) {
        const ended = worker.state.type === 'done'
        const outcome = ended && !protocol.outcomeOnce ? worker.state.outcome : decideOutcome(board, worker)
        const { specId } = worker.planned
        const again = !protocol.outcomeOnce && (world.journal.ends.get(specId) ?? 0) > 1
        if (!outcome || again) continue
        yield {
          name: `${role}: worker ${indexOf(specId)} ${outcome.type}`,
          world: { ...world, ...append(done(specId, outcome)) },
        }
        return
      }
      yield to('reported', append(runFinished('failure')))
      return
    }
    case 'reported':
      yield to('settled', append(runSettled))
      return
    case 'settled':
    case 'leaving': {
      const mine = world.lock?.pid === self.identity.pid
      yield { name: `${role}: ended`, world: { ...world, [role]: undefined, ...(mine ? { lock: undefined } : {}) } }
    }
  }
}

/** One process whose end nobody recorded: look, decide, stop, look until nobody is left, then its records go. */
function* processMoves(world: World, role: Role, self: Recoverer, index: Index, rules: Rules): Generator<Move> {
  const { journals, eyes, protocol } = rules
  const tracked = world.journal.board.processes.get(tokenOf(index))
  if (!tracked) return
  const to = (at: Recoverer['at'][Index], more: Partial<World> = {}, wrong?: string): Move => ({
    name: `${role}: process ${index} ${at}`,
    world: { ...world, ...more, [role]: { ...self, at: put(self.at, index, at) } },
    ...(wrong === undefined ? {} : { wrong }),
  })
  const look = () => (protocol.journalIsTruth ? eyes.members(world, tracked) : byPidFile(world, index))
  const { identity } = tracked
  switch (self.at[index]) {
    case 'idle': {
      const members = look()
      const comparison = identity ? eyes.compare(world, identity) : 'different'
      const decision = decideRecovery(tracked, { otherBoot: false, comparison, members: members.length })
      if (decision.type !== 'reap') {
        yield to('found', { journal: journals.append(world.journal, recovered(decision.type)) })
        return
      }
      const killed = kill(world, members)
      yield to('stopping', killed.world, killed.wrong)
      return
    }
    case 'stopping': {
      const members = look()
      if (members.length === 0) {
        yield to('found', { journal: journals.append(world.journal, recovered('reaped')) })
        return
      }
      const killed = kill(world, members)
      yield to('stopping', killed.world, killed.wrong)
      return
    }
    case 'found':
      yield to(
        'unfiled',
        identity && world.files[index] === AGENT[index].pid ? { files: put(world.files, index, 0) } : {},
      )
      return
    case 'unfiled':
      yield to('idle', { journal: journals.append(world.journal, gone(index)) })
  }
}

/** What every neighbour does: read a pid and hope. */
function byPidFile(world: World, index: Index): readonly number[] {
  const pid = world.files[index]
  const lives = pid !== 0 && (pid === world.stranger || (pid === AGENT[index].pid && world.agents[index] !== 'none'))
  return lives ? [pid] : []
}
