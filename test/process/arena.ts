import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { ProcessIdentity } from '../../src/board/event.ts'
import { type Command, type Gate, spawnGate } from '../../src/process/gate.ts'
import { identityOf } from '../../src/process/identity.ts'
import { membersOf, type Tree } from '../../src/process/members.ts'
import type { ProcessTable } from '../../src/process/snapshot.ts'
import { processTable } from '../../src/process/table.ts'
import { scratch } from '../scripts/scratch.ts'

/** For what hangs: nothing here says how fast a machine is. */
export const PATIENCE_MS = 60_000

const found = processTable(process.platform)
/** Tests of live processes need a process table; without one they are skipped and say so. */
export const hasTable = found !== undefined
export const onLinux = process.platform === 'linux'
if (!onLinux) console.log('skipped where not Linux: processes found by environment and directory (needs /proc)')

export function table(): ProcessTable {
  if (!found) throw new Error('this platform has no process table')
  return found
}

/** A folder with real processes in it: each writes its pid to `<name>.pid` when it stands, and none survives the test. */
export interface Arena {
  readonly folder: string
  readonly path: (name: string) => string
  /** Runs a shell script that may use `$A` for the folder; its output goes nowhere. */
  readonly start: (script: string, options?: { cwd?: string; env?: Record<string, string> }) => ChildProcess
  /** Waits until `<name>.pid` is whole and its process waits for something. */
  readonly pid: (name: string) => Promise<number>
  /** A gate on a shell script, with the cookie set, not yet opened. */
  readonly gate: (script: string, over?: Partial<Command>) => Promise<Gate>
  /** The same, opened, and the tree it roots. */
  readonly tree: (script: string, over?: Partial<Command>) => Promise<Tree & { readonly gate: Gate }>
}

export function arena(): Arena {
  const folder = realpathSync(scratch({ in: '' }))
  const path = (name: string): string => join(folder, name)
  const pids = (): readonly number[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.pid'))
      .map((name) => Number(readFileSync(path(name), 'utf8')))
  const started: number[] = []
  onTestFinished(() => {
    for (const pid of [...started, ...pids()]) if (pid > 1) kill(pid, 'SIGKILL')
  })
  const gate: Arena['gate'] = async (script, over = {}) => {
    const made = await spawnGate(
      {
        file: 'sh',
        args: ['-c', script],
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', A: folder },
        stdin: path('in'),
        stdout: path('out'),
        stderr: path('err'),
        ...over,
      },
      table(),
    )
    if (!made.ok) throw new Error(made.error)
    started.push(made.value.identity.pid)
    return made.value
  }
  return {
    folder,
    path,
    gate,
    start: (script, options = {}) => {
      const child = spawn('sh', ['-c', script], {
        cwd: options.cwd ?? folder,
        env: { PATH: process.env['PATH'], A: folder, ...options.env },
        detached: true,
        stdio: 'ignore',
      })
      if (child.pid) started.push(child.pid)
      return child
    },
    pid: async (name) => {
      const pid = await vi.waitFor(
        () => {
          const text = readFileSync(path(`${name}.pid`), 'utf8')
          if (!text.endsWith('\n')) throw new Error(`${name} has not started`)
          return Number(text)
        },
        { interval: 5, timeout: PATIENCE_MS },
      )
      await atRest(pid)
      return pid
    },
    tree: async (script, over = {}) => {
      const token = randomUUID()
      const env = { PATH: process.env['PATH'] ?? '', A: folder, CHANT_WORKER_TOKEN: token }
      const opened = await gate(script, { env, ...over })
      opened.open()
      return { token, identity: opened.identity, noted: [], directory: join(folder, 'wt'), gate: opened }
    },
  }
}

/** During exec the kernel shows no environment, and scripts become a `sleep` right after they have told their pid. */
const atRest = (pid: number): Promise<void> =>
  vi.waitFor(
    () => {
      if ('RD'.includes(table().row(pid)?.state ?? 'gone')) throw new Error(`${pid} is busy`)
    },
    { interval: 2, timeout: PATIENCE_MS },
  )

/** Writes an executable that a script can start by its path. */
export function program(path: string, text: string): string {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return path
}

export const identityOfPid = (pid: number): ProcessIdentity => {
  const row = table().row(pid)
  if (!row) throw new Error(`no process ${pid}`)
  return identityOf(row, table())
}

/** Pids of the members of a tree in a scan of this moment. */
export const memberPids = (tree: Tree): readonly number[] => {
  const fresh = onLinux ? freshTable() : table()
  return membersOf(tree, fresh.snapshot(), fresh).map((row) => row.pid)
}

/** A table whose first snapshot is taken now. */
export function freshTable(): ProcessTable {
  const fresh = processTable(process.platform)
  if (!fresh) throw new Error('this platform has no process table')
  return fresh
}

export const lives = (pid: number): boolean => {
  const row = table().row(pid)
  return row !== undefined && row.state !== 'Z'
}

export const gone = (pid: number): Promise<void> =>
  vi.waitFor(
    () => {
      if (lives(pid)) throw new Error(`${pid} lives`)
    },
    { interval: 5, timeout: PATIENCE_MS },
  )

export const appears = (path: string): Promise<void> =>
  vi.waitFor(
    () => {
      if (!existsSync(path)) throw new Error(`${path} does not exist`)
    },
    { interval: 5, timeout: PATIENCE_MS },
  )

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
}
