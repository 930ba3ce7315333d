import { existsSync, statfsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { err, ok, type Result } from '../result.ts'
import { EXHAUSTED, patiently } from '../shell/patience.ts'

export interface GitError {
  /** One sentence: what git was asked and what it answered. */
  readonly message: string
  readonly code: number | undefined
  readonly stderr: string
}

export interface GitOptions {
  readonly gitDir?: string
  readonly workTree?: string
  readonly cwd?: string
  /** Variables of this one call. */
  readonly env?: Readonly<Record<string, string>>
  /** Settings of this one call, in its environment and nowhere else: credentials. */
  readonly settings?: Readonly<Record<string, string>>
  readonly input?: string
  /** Exit codes that are answers, not failures. */
  readonly answers?: readonly number[]
  /** One character a byte, for output that may be in any encoding (patches). */
  readonly latin1?: boolean
  /** Milliseconds; a fetch may take long, everything else is local. */
  readonly timeout?: number
}

export interface GitAnswer {
  readonly stdout: string
  readonly code: number
}

/**
 * Settings that no repository may change for us: an agent can write to every git directory it can reach, and our git must
 * run none of its hooks, monitors or transports. As command scope they win over every file.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.untrackedCache': 'false',
  'protocol.ext.allow': 'never',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'commit.gpgSign': 'false',
  'tag.gpgSign': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'merge.verifySignatures': 'false',
  // A repository with alternates may name a program for their refs.
  'core.alternateRefsCommand': 'true',
  'core.quotePath': 'false',
  'safe.directory': '*',
}

/** Settings as `GIT_CONFIG_*` variables, which git reads as if given by `-c`, with no quoting. Source: git-config(1). */
export function configEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings)
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) }
  for (const [index, [key, value]] of entries.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return env
}

/** No local command takes so long unless something holds it. Milliseconds. */
const LOCAL_MS = 5 * 60_000

/** Runs git with arguments as a list, in an environment of its own, and answers what it printed. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<Result<GitAnswer, GitError>>

/**
 * A git that reads no user or system configuration and asks nobody for a password. `settings` are added to ours for
 * every call (identity, the person's ignore file).
 */
export function makeGit(path: string | undefined, settings: Readonly<Record<string, string>> = {}): Git {
  const base: Record<string, string> = {
    PATH: path ?? '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // A promisor remote may name a program to fetch with; what is missing is an error instead.
    GIT_NO_LAZY_FETCH: '1',
  }
  const once: Git = async (args, options = {}) => {
    const where = [
      ...(options.gitDir ? [`--git-dir=${options.gitDir}`] : []),
      ...(options.workTree ? [`--work-tree=${options.workTree}`] : []),
    ]
    const cwd = options.cwd ?? options.workTree ?? options.gitDir
    const result = await execa('git', [...where, ...args], {
      env: { ...base, ...configEnvironment({ ...SETTINGS, ...settings, ...options.settings }), ...options.env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 512 * 1024 * 1024,
      // A Ctrl-C in a terminal goes to the whole foreground group; our git must finish what it writes.
      detached: true,
      cleanup: false,
      encoding: options.latin1 ? 'latin1' : 'utf8',
      ...(cwd ? { cwd } : {}),
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      timeout: options.timeout ?? LOCAL_MS,
    })
    const answers = [0, ...(options.answers ?? [])]
    if (result.exitCode !== undefined && answers.includes(result.exitCode))
      return ok({ stdout: result.stdout, code: result.exitCode })
    const stderr = (result.stderr ?? '').trim()
    const lines = stderr.split('\n').filter((line) => line.trim() !== '')
    const said =
      lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1) ?? result.originalMessage ?? 'no answer'
    const full = isFull(options.gitDir ?? cwd) ? '. No space is left on its disk' : ''
    return err({ message: `git ${args[0] ?? ''}: ${said}${full}`, code: result.exitCode, stderr })
  }
  const unlocked: Git = async (args, options) => {
    for (let turn = 1; ; turn += 1) {
      const answer = await once(args, options)
      if (answer.ok || turn === TURNS || !LOCKED.test(answer.error.stderr)) return answer
      await sleep(TURN_MS)
    }
  }
  return (args, options) =>
    patiently(
      () => unlocked(args, options),
      ({ stderr, message }) => EXHAUSTED.test(`${stderr} ${message}`),
    )
}

/** git does not always say why it could not write. Bytes. */
const FULL = 64 * 1024

function isFull(folder: string | undefined): boolean {
  if (folder === undefined || !existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize < FULL
}

/** Another git holds the lock, and lets go of it, or left it for ever. */
const LOCKED = /\.lock': File exists|Unable to create '.*\.lock'|cannot lock ref .*File exists/
/** Three seconds in all; then it is an error like any other. */
const TURNS = 16
const TURN_MS = 200
