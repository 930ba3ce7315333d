import type { TrackedProcess } from '../../src/board/board.ts'
import type { ProcessIdentity } from '../../src/board/event.ts'
import { type Comparison, compare } from '../../src/process/identity.ts'
import { COOKIE, membersOf } from '../../src/process/members.ts'
import type { ProcessRow, ProcessTable } from '../../src/process/snapshot.ts'
import { strangersSince } from '../../src/process/strangers.ts'
import { DescendantWatch } from '../../src/process/watch.ts'
import { AGENT, CHILD, MAIN, tokenOf, worktreeOf } from './cast.ts'
import { BOTH, type Index, put, type Setting, type World } from './world.ts'

const USER = 1000

/** The process table of a modelled machine, as the real code under test reads one. */
export function tableOf(world: World, { child, marks }: Setting): ProcessTable {
  const rows = new Map<number, ProcessRow>()
  const cookies = new Map<number, string>()
  const directories = new Map<number, string>()
  const add = ({ pid, start }: ProcessIdentity, parent: number) =>
    rows.set(pid, { pid, start, parent, name: 'sh', group: pid, session: pid, state: 'S', cpuTicks: 0 })
  const main = world.main ? MAIN.pid : 1
  if (world.main) add(MAIN, 1)
  for (const recoverer of [world.post, world.next]) if (recoverer) add(recoverer.identity, 1)
  for (const index of BOTH) {
    if (world.agents[index] !== 'none') {
      add(AGENT[index], main)
      cookies.set(AGENT[index].pid, tokenOf(index))
      directories.set(AGENT[index].pid, worktreeOf(index))
    }
    if (world.children[index]) {
      add(CHILD[index], world.agents[index] === 'none' ? 1 : AGENT[index].pid)
      if (child === 'marked') cookies.set(CHILD[index].pid, tokenOf(index))
      if (child === 'inside') directories.set(CHILD[index].pid, worktreeOf(index))
    }
  }
  if (world.stranger !== 0) add({ ...MAIN, pid: world.stranger, start: '900' }, 1)
  const snapshot = {
    rows,
    variable: (pid: number, name: string) => (marks && name === COOKIE ? cookies.get(pid) : undefined),
    directory: (pid: number) => (marks ? (directories.get(pid) ?? '/') : undefined),
    user: () => USER,
  }
  return {
    boot: MAIN.boot,
    namespace: MAIN.namespace,
    snapshot: () => snapshot,
    row: (pid) => rows.get(pid),
    startedBefore: (a, b) => Number(a) < Number(b),
  }
}

/** What the real code sees in modelled worlds. Worlds with the same processes look the same, so each is asked once. */
export class Eyes {
  readonly #setting: Setting
  readonly #byIdentity: boolean
  readonly #members = new Map<string, readonly number[]>()
  readonly #comparisons = new Map<string, Comparison>()

  constructor(setting: Setting, byIdentity: boolean) {
    this.#setting = setting
    this.#byIdentity = byIdentity
  }

  /** Pids of the live processes that are or came from a tracked one. */
  members(world: World, tracked: TrackedProcess): readonly number[] {
    const { token, noted, identity } = tracked
    const key = `${processesOf(world)} ${token} ${identity !== undefined} ${noted.length}`
    const known = this.#members.get(key)
    if (known) return known
    const tree = { token, noted, directory: tracked.worktree, ...(identity ? { identity } : {}) }
    const table = this.#table(world)
    const found = membersOf(this.#byIdentity ? tree : blurred(tree), table.snapshot(), table).map((row) => row.pid)
    this.#members.set(key, found)
    return found
  }

  compare(world: World, identity: ProcessIdentity): Comparison {
    const key = `${processesOf(world)} ${identity.pid}`
    const known = this.#comparisons.get(key)
    if (known) return known
    const found = compare(this.#byIdentity ? identity : { ...identity, start: '' }, this.#table(world))
    this.#comparisons.set(key, found)
    return found
  }

  /** Pids that a report would name as unexplained. */
  strangers(world: World): readonly number[] {
    return strangersSince(MAIN, tableOf(world, this.#setting), USER).map((row) => row.pid)
  }

  /** Whether a look at a running command would note its child now: the real watch is asked. */
  noticesChild(world: World, index: Index): boolean {
    const seen: number[] = []
    const watch = new DescendantWatch(tableOf(world, this.#setting), (_, processes) => {
      seen.push(...processes.map(({ pid }) => pid))
    })
    watch.follow(tokenOf(index), AGENT[index])
    watch.look()
    return seen.includes(CHILD[index].pid)
  }

  /** Without start times every process with the right pid is taken for ours. */
  #table(world: World): ProcessTable {
    const table = tableOf(world, this.#setting)
    if (this.#byIdentity) return table
    const { rows, ...rest } = table.snapshot()
    const blur = (row: ProcessRow | undefined) => (row ? { ...row, start: '' } : undefined)
    const blurredRows = new Map([...rows].map(([pid, row]) => [pid, { ...row, start: '' }]))
    return {
      ...table,
      snapshot: () => ({ ...rest, rows: blurredRows }),
      row: (pid) => blur(rows.get(pid)),
      startedBefore: () => false,
    }
  }
}

const blurred = (tree: Parameters<typeof membersOf>[0]): Parameters<typeof membersOf>[0] => ({
  ...tree,
  noted: tree.noted.map((ref) => ({ ...ref, start: '' })),
  ...(tree.identity ? { identity: { ...tree.identity, start: '' } } : {}),
})

/** A number below 2^25 for each set of live processes. */
export function processesOf({ agents, children, stranger, main, post, next }: World): number {
  let key = main ? 1 : 0
  for (const agent of agents) key = key * 3 + (agent === 'none' ? 0 : agent === 'waiting' ? 1 : 2)
  for (const child of children) key = key * 2 + (child ? 1 : 0)
  for (const pid of [stranger, post?.identity.pid ?? 0, next?.identity.pid ?? 0]) key = key * 64 + (pid % 64)
  return key
}

/** A signal that ends a process, given to every pid of a list. Whoever is not ours must not be on it. */
export function kill(world: World, pids: readonly number[]): { readonly world: World; readonly wrong?: string } {
  let after = world
  const foreign: number[] = []
  for (const pid of pids) {
    const index = BOTH.find((at) => AGENT[at].pid === pid || CHILD[at].pid === pid)
    if (index === undefined || pid === world.stranger) foreign.push(pid)
    else if (AGENT[index].pid === pid) after = { ...after, agents: put(after.agents, index, 'none') }
    else after = { ...after, children: put(after.children, index, false) }
  }
  return { world: after, ...(foreign.length > 0 ? { wrong: `a signal to pid ${foreign}, which is not ours` } : {}) }
}
