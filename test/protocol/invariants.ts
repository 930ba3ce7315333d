import { AGENT, CHILD, indexOf, tokenOf } from './cast.ts'
import type { Rules } from './main-steps.ts'
import { BOTH, type Index, type World } from './world.ts'

/** What must hold at every moment; undefined if it does. */
export function wrongNow(world: World, rules: Rules): string | undefined {
  const owners = [
    ...(world.main && world.main.phase !== 'locking' ? ['main'] : []),
    ...(['post', 'next'] as const).filter((role) => (world[role]?.phase ?? 'starting') !== 'starting'),
  ]
  if (owners.length > 1) return `two owners of one workspace: ${owners.join(' and ')}`
  const running = BOTH.some((index) => world.agents[index] === 'open' || world.children[index])
  if (!running) return undefined
  const found = onRecord(world, rules)
  for (const index of BOTH) {
    if (world.agents[index] === 'open' && !found.has(AGENT[index].pid))
      return `command ${index} runs and no record leads to it`
    if (world.children[index] && !found.has(CHILD[index].pid) && !isNamed(world, index, rules))
      return `the child of command ${index} runs and no record leads to it`
  }
  return undefined
}

/** What must hold when everybody is done. */
export function wrongAtEnd(world: World, rules: Rules): string | undefined {
  const { board, ends } = world.journal
  for (const index of BOTH) {
    if (world.agents[index] !== 'none') return `command ${index} lives on`
    if (world.children[index] && !isNamed(world, index, rules)) return `the child of command ${index} lives on`
    if (world.files[index] !== 0) return `the pid file of worker ${index} is left`
  }
  for (const worker of board.workers.values()) {
    const { specId } = worker.planned
    const count = ends.get(specId) ?? 0
    if (worker.state.type !== 'done' || count !== 1) return `worker ${indexOf(specId)} was given ${count} outcomes`
  }
  const open = [...board.processes.values()].filter((tracked) => !tracked.gone)
  return open.length > 0 ? `the end of ${open.map(({ token }) => token).join(' and ')} is on no record` : undefined
}

/** Everybody whom recovery would find by the journal, were it started now. */
function onRecord(world: World, { truth }: Rules): ReadonlySet<number> {
  const { board } = world.journal
  if (board.settled) return new Set()
  return new Set(
    [...board.processes.values()].filter(({ gone }) => !gone).flatMap((tracked) => truth.members(world, tracked)),
  )
}

/**
 * The one gap: a descendant that carries no mark and was left by its parent before anybody saw it there. Nothing proves
 * whose it is, so it is named in the report.
 */
function isNamed(world: World, index: Index, { setting, truth }: Rules): boolean {
  const leavesMark = setting.marks && (setting.child === 'marked' || setting.child === 'inside')
  const noted = (world.journal.board.processes.get(tokenOf(index))?.noted.length ?? 0) > 0
  return !leavesMark && !noted && truth.strangers(world).includes(CHILD[index].pid)
}
