import { AGENT, CHILD, MAIN } from './cast.ts'
import { mainMoves, type Rules } from './main-steps.ts'
import { recovererMoves, recovererStarts } from './recovery-steps.ts'
import { BOTH, type Budget, type Move, put, type World } from './world.ts'

/** Everything that can happen next, by whomever. */
export function* moves(world: World, rules: Rules): Generator<Move> {
  if (world.main) yield* mainMoves(world, world.main, rules)
  for (const role of ['post', 'next'] as const) {
    const recoverer = world[role]
    if (recoverer) yield* recovererMoves(world, role, recoverer, rules)
  }
  yield* recovererStarts(world)
  yield* processMoves(world, rules)
  yield* accidents(world)
}

/** What the processes of workers do by themselves. */
function* processMoves(world: World, { protocol, setting }: Rules): Generator<Move> {
  for (const index of BOTH) {
    const agent = world.agents[index]
    // An open command ends when it likes. A gate leaves when its starter is dead, and may be killed by anybody before.
    if (agent === 'open' || (agent === 'waiting' && (world.main || protocol.gateSeesEnd)))
      yield { name: `process ${index} ends`, world: { ...world, agents: put(world.agents, index, 'none') } }
    if (agent === 'open' && setting.child !== 'none' && !world.forked[index])
      yield {
        name: `process ${index} starts a child`,
        world: { ...world, children: put(world.children, index, true), forked: put(world.forked, index, true) },
      }
    // Whether the child ends by itself is left out: one that does not is the harder case.
  }
}

/** What nobody wants. */
function* accidents(world: World): Generator<Move> {
  const { budget } = world
  const spend = (name: keyof Budget) => ({ budget: { ...budget, [name]: budget[name] - 1 } })
  if (budget.crashes > 0)
    for (const role of ['main', 'post', 'next'] as const)
      if (world[role]) yield { name: `SIGKILL to ${role}`, world: { ...world, [role]: undefined, ...spend('crashes') } }
  if (budget.deletions > 0)
    for (const index of BOTH)
      if (world.files[index] !== 0)
        yield {
          name: `pid file ${index} deleted`,
          world: { ...world, files: put(world.files, index, 0), ...spend('deletions') },
        }
  if (budget.reuses > 0)
    for (const pid of freePids(world))
      yield { name: `pid ${pid} reused`, world: { ...world, stranger: pid, ...spend('reuses') } }
}

/** Pids of ours that are free again and that somebody may still believe in. */
function freePids({ main, lock, agents, children, forked, journal, files }: World): readonly number[] {
  const free = !main && (lock?.pid === MAIN.pid || journal.board.run) ? [MAIN.pid] : []
  for (const index of BOTH) {
    const known = [...journal.board.processes.values()].some(({ identity }) => identity?.pid === AGENT[index].pid)
    if (agents[index] === 'none' && (known || files[index] === AGENT[index].pid)) free.push(AGENT[index].pid)
    if (forked[index] && !children[index]) free.push(CHILD[index].pid)
  }
  return free
}
