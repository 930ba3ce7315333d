import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { DemoAgent, Sighted } from './demo-agent.ts'

/** What was seen of agents and of the registry while the action ran. */
export interface Sightings {
  readonly looks: number
  /** Most agents alive at one look that a pid file and a process JSON both name. */
  readonly mostAtOnce: number
  /** Pids of all agents that were seen alive. */
  readonly agents: ReadonlySet<number>
  /** Agents that `ps` showed while the registry did not name them: `pid 4711: no pid file`. */
  readonly unnamed: ReadonlySet<string>
}

export interface Watch {
  stop(): Promise<Sightings>
}

const MILLISECONDS_BETWEEN_LOOKS = 150

/** Compares `ps` with the registry again and again, from the outside, as a suspicious person would. */
export function watchAgents(repository: string, { alive: lookForAgents }: DemoAgent): Watch {
  const agents = new Set<number>()
  const unnamed = new Set<string>()
  let looks = 0
  let mostAtOnce = 0
  const stopping = new AbortController()

  async function look(): Promise<void> {
    // A record is older than its process and younger than its end: one of the two readings must name whom ps shows.
    const before = await readRegistry(repository)
    const alive = await lookForAgents()
    const after = await readRegistry(repository)
    looks++
    let named = 0
    for (const { pid, line } of alive) {
      agents.add(pid)
      const missing = [
        line.some((p) => before.pidFiles.has(p) || after.pidFiles.has(p)) ? [] : ['no pid file'],
        line.some((p) => before.records.has(p) || after.records.has(p)) ? [] : ['no process JSON'],
      ].flat()
      if (missing.length === 0) named++
      else unnamed.add(`pid ${pid}: ${missing.join(', ')}`)
    }
    mostAtOnce = Math.max(mostAtOnce, named)
  }

  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look()
      await sleep(MILLISECONDS_BETWEEN_LOOKS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await looking
      return { looks, mostAtOnce, agents, unnamed }
    },
  }
}

/** Pids in `.chant/pids/*.pid`, and in `.chant/processes/*.json` for the same spec. */
async function readRegistry(repository: string): Promise<{ pidFiles: Set<number>; records: Set<number> }> {
  const pidFiles = await readAll(join(repository, '.chant', 'pids'), '.pid')
  const records = await readAll(join(repository, '.chant', 'processes'), '.json')
  return { pidFiles: new Set(pidFiles.map(Number)), records: new Set(records.map(pidOfRecord)) }
}

async function readAll(folder: string, suffix: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const texts = names
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFile(join(folder, name), 'utf8').catch(() => ''))
  return (await Promise.all(texts)).filter((text) => text !== '')
}

function pidOfRecord(text: string): number {
  const record: unknown = JSON.parse(text)
  return typeof record === 'object' && record !== null && 'pid' in record ? Number(record.pid) : 0
}

/** Living agents of this demo, by the path of their program. */
export async function agentsAlive(agent: string): Promise<readonly Sighted[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args='])
  const parents = new Map<number, number>()
  const found: number[] = []
  for (const line of stdout.split('\n')) {
    const [, pid, parent, state, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (!pid || !parent || !state) continue
    parents.set(Number(pid), Number(parent))
    // The agent itself, not a shell that is about to become it: before the gate opens nothing of the agent has run.
    const [program = '', ...rest] = args.split(' ')
    if (/node$/.test(program) && rest.includes(agent) && !state.startsWith('Z')) found.push(Number(pid))
  }
  // A child that an agent has forked looks like its parent until it becomes another program.
  const agents = found.filter((pid) => !found.includes(parents.get(pid) ?? 0))
  return agents.map((pid) => ({ pid, line: lineOf(pid, parents) }))
}

function lineOf(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const parent = parents.get(pid)
  return parent === undefined || parent === 0 ? [pid] : [pid, ...lineOf(parent, parents)]
}
