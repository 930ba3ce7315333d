import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Scene } from '../e2e/scene.ts'

/** What these tests do to a machine: mounts, namespaces, limits. Each takes Linux, and most take root. */

export const onLinux = process.platform === 'linux'
const asRoot = onLinux && process.getuid?.() === 0

export const canMount = able('mount file systems', ['unshare', '--mount', 'true'])
export const canUnshare = able('make pid namespaces', ['unshare', '--pid', '--fork', '--mount-proc', 'true'])
export const canLimit = able('set limits for another user', [
  ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'prlimit', '--nproc=64', 'true'],
])

/** Whether root on Linux can do this here; where not, the tests that need it are skipped, and the log says so. */
function able(what: string, [program = '', ...args]: readonly string[]): boolean {
  try {
    if (!asRoot) throw new Error('not root on Linux')
    execFileSync(program, args, { stdio: 'pipe' })
    return true
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    console.log(`skipped without the right to ${what}: ${why}`)
    return false
  }
}

/**
 * A node that the runner stand-in starts instead of its own: a shell script that ends in `$NODE "$@"`, which is the real
 * one. `name` tells several of one scene apart.
 */
export function nodeBy(scene: Scene, script: string, name = 'node'): string {
  const path = join(scene.root, name)
  writeFileSync(path, `#!/bin/bash\nNODE='${process.execPath}'\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

/** Mounts until disposed. */
export function mounted(folder: string, ...options: readonly string[]): Disposable {
  execFileSync('mount', [...options, folder])
  return { [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', folder]) }
}

/** A small file system of its own in place of a folder. */
export const smallDisk = (folder: string, megabytes: number): Disposable =>
  mounted(folder, '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs')

/** A folder whose files can be read and not written, by root neither. */
export function readOnly(folder: string): Disposable {
  const mount = mounted(folder, '--bind', folder)
  execFileSync('mount', ['-o', 'remount,bind,ro', folder])
  return mount
}

/** A process of the test's own; killed when disposed. */
export interface Bystander extends AsyncDisposable {
  readonly pid: number
  readonly child: ChildProcess
}

export async function bystander(file: string, args: readonly string[], cwd?: string): Promise<Bystander> {
  const child = spawn(file, args, { stdio: 'ignore', detached: true, ...(cwd ? { cwd } : {}) })
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error('a spawned process has a pid')
  return {
    pid: child.pid,
    child,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The state letter of a process; empty once it is gone. */
export function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0] ?? ''
  } catch {
    return ''
  }
}

export const lives = (pid: number): boolean => !['', 'Z', 'X'].includes(stateOf(pid))

/** Waits for what has no event: a process that is not our child, a file that another process is writing. */
export const until = (holds: () => boolean, what: string): Promise<void> =>
  vi.waitFor(
    () => {
      if (!holds()) throw new Error(`not yet: ${what}`)
    },
    { interval: 10, timeout: 50_000 },
  )

/** The most memory that a process has had in RAM, in MB. */
export function peakMemory(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (!kilobytes) throw new Error(`no memory is told of process ${pid}`)
  return Number(kilobytes) / 1000
}

/** Everything below folders by path, with content, size, time and inode: two are equal when nobody wrote in between. */
export function treesOf(...folders: readonly string[]): ReadonlyMap<string, string> {
  const rows = folders.flatMap((folder) => [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ])
  return new Map(rows.sort().map((path) => [path, execFileSync('stat', ['-c', '%F %i %s %y %a', path]).toString()]))
}
