import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { CommandLine } from '../../src/agent/adapter.ts'
import { agents } from '../../src/agent/agents.ts'
import type { Exit } from '../../src/board/event.ts'
import { type CliName, programOf } from './clis.ts'
import { type Ground, IDENTITY } from './ground.ts'
import { NOWHERE, type Pointed } from './loopback.ts'

/** How one process of a CLI went. */
export interface CliRun {
  readonly exit: Exit
  readonly stdout: string
  readonly stderr: string
  /** Milliseconds from start to end. */
  readonly duration: number
  /** What was done to it, and milliseconds from then to its end. */
  readonly stopped: { readonly why: 'signal' | 'time-out'; readonly endedAfter: number } | undefined
  /** Processes of its that still lived one second after its end, by command; they are ended. */
  readonly left: readonly string[]
}

export interface CliRunOptions {
  readonly command: CommandLine
  readonly pointed: Pointed
  readonly signal?: NodeJS.Signals | undefined
  /** Milliseconds; then SIGTERM, and SIGKILL ten seconds later. */
  readonly timeout: number
  readonly env?: Readonly<Record<string, string>> | undefined
}

const GRACE_MS = 10_000

/** Runs the real CLI as the action does: prompt on stdin, output into files, a process group of its own. */
export async function runCli(cli: CliName, ground: Ground, options: CliRunOptions): Promise<CliRun> {
  const { command, pointed, signal, timeout } = options
  const [out, err] = [join(ground.root, 'stdout'), join(ground.root, 'stderr')]
  const files = [openSync(ground.promptFile, 'r'), openSync(out, 'a'), openSync(err, 'a')] as const
  const started = performance.now()
  const child = spawn(programOf(cli), command.args, {
    cwd: ground.worktree,
    detached: true,
    stdio: [...files],
    env: { ...plainEnvironment(ground), ...pointed.env, ...command.env, ...options.env },
  })
  for (const file of files) closeSync(file)
  const ended = once(child, 'exit')
  const over = ended.then(() => undefined)
  const done = new AbortController()
  const reason = Promise.race([
    over,
    wait(timeout, 'time-out' as const, { signal: done.signal }),
    ...(signal ? [appears(join(ground.worktree, 'started'), done.signal).then(() => 'signal' as const)] : []),
  ]).catch(() => undefined)
  const why = await reason
  const stoppedAt = performance.now()
  if (why !== undefined && child.pid !== undefined) {
    process.kill(-child.pid, signal ?? 'SIGTERM')
    await Promise.race([over, wait(GRACE_MS, undefined, { signal: done.signal })])
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  await over
  done.abort()
  const endedAt = performance.now()
  await wait(1_000)
  const left = processesOf(ground)
  for (const { pid } of left) process.kill(pid, 'SIGKILL')
  return {
    exit: exitOf(child.exitCode, child.signalCode),
    stdout: readFileSync(out, 'utf8'),
    stderr: readFileSync(err, 'utf8'),
    duration: endedAt - started,
    stopped: why === undefined ? undefined : { why, endedAfter: endedAt - stoppedAt },
    left: left.map(({ command }) => command),
  }
}

/** The command line that the CLI's own adapter makes. */
export function commandFor(
  cli: CliName,
  ground: Ground,
  pointed: Pointed,
  limits: {
    readonly model?: string | undefined
    readonly maxTurns?: number | undefined
    readonly maxBudget?: number | undefined
  } = {},
): CommandLine {
  return agents[cli].commandLine({
    model: limits.model ?? pointed.model,
    maxTurns: limits.maxTurns,
    maxBudget: limits.maxBudget,
    extraArgs: pointed.args,
    worktree: ground.worktree,
    usageFile: ground.usageFile,
    isRoot: process.getuid?.() === 0,
  })
}

const plainEnvironment = (ground: Ground): Record<string, string> => ({
  // The Node of this process is the one that CLIs written in JavaScript run on.
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: ground.home,
  PWD: ground.worktree,
  TMPDIR: ground.temporary,
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  CI: 'true',
  XDG_CONFIG_HOME: join(ground.home, '.config'),
  XDG_DATA_HOME: join(ground.home, '.local/share'),
  XDG_STATE_HOME: join(ground.home, '.local/state'),
  XDG_CACHE_HOME: join(ground.home, '.cache'),
  ...NOWHERE,
  ...IDENTITY,
})

async function appears(file: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(file)) await wait(20, undefined, { signal })
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (code !== null) return { type: 'code', code }
  return signal === null ? { type: 'unknown' } : { type: 'signal', signal }
}

/** Live processes that have this ground's HOME or work in its folders. Linux. */
function processesOf(ground: Ground): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8')
        if (/\) Z /.test(read('stat'))) return []
        const command = read('cmdline').replaceAll('\0', ' ').trim()
        return `${read('environ')}${command}`.includes(ground.root) ? [{ pid: Number(name), command }] : []
      } catch {
        // It ended while it was looked at.
        return []
      }
    })
}
