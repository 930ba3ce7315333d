import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ProcessIdentity } from '../board/event.ts'
import type { Environment } from '../inputs.ts'
import { endAsked } from '../process/ask-program.ts'
import { compare, isIdentity } from '../process/identity.ts'
import { killLeftGit } from '../process/left-git.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import type { SpecId } from '../spec/spec.ts'
import { isMissing, removeTree } from './files.ts'
import { readJournal } from './journal.ts'

/** Where a run keeps everything it must not lose: outside the workspace, whose cleaning it survives. */
export interface StateDir {
  readonly root: string
  readonly journal: string
  /** Raw output, prompts and scripts of attempts. */
  readonly raw: string
  /** Where programs are asked what they are, before there is a journal. */
  readonly asking: string
  /** The run's own bare git repository. */
  readonly repository: string
  readonly worktrees: string
  /** What the artifact holds: `logs/`, `specs/`, `results.json`, `events.ndjson`, `summary.md`. Cleaned of secrets. */
  readonly report: string
  readonly logs: string
  readonly log: (specId: SpecId) => string
  /** What an attempt's agent printed as JSON, cleaned, beside the readable log. */
  readonly stream: (specId: SpecId, attempt: number) => string
  /** Lock of the workspace, shared by all its runs. */
  readonly lock: string
}

/** `<state home>/chant-action/<hash of workspace>/<run key>/`, by the XDG base directory specification. */
export function stateDirOf(env: Environment, workspace: string, runKey: string): StateDir {
  const home = env['XDG_STATE_HOME']?.startsWith('/')
    ? env['XDG_STATE_HOME']
    : join(env['HOME'] || homedir(), '.local', 'state')
  const hash = createHash('sha256').update(workspace).digest('hex').slice(0, 16)
  return at(join(home, 'chant-action', hash, runKey))
}

/** The place of a workspace's runs, for somebody who is no run: its folder is never made. */
export const noRunIn = (env: Environment, workspace: string): StateDir => stateDirOf(env, workspace, '-')

/** The state directory that main told post of. */
export const stateDirAt = (root: string): StateDir => at(root)

/** Two steps with one key (a runner that numbers no steps) each get a place of their own: `<key>`, `<key>.2`, … */
export function freeStateDir(env: Environment, workspace: string, runKey: string): StateDir {
  for (let number = 1; ; number += 1) {
    const dir = stateDirOf(env, workspace, number === 1 ? runKey : `${runKey}.${number}`)
    if (!existsSync(dir.root)) return dir
  }
}

/** Makes the folders, readable by nobody else, and resolves links, since the kernel names directories by real paths. */
export function makeStateDir(dir: StateDir, main: ProcessIdentity): StateDir {
  // Between the folder and its maker's name somebody may take the empty folder away: then it is made again.
  while (!signed(dir, main));
  const real = at(realpathSync(dir.root))
  for (const folder of [real.raw, real.worktrees, real.report, real.logs])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  return real
}

/** Whether the folder is there with its maker's name in it. */
function signed(dir: StateDir, main: ProcessIdentity): boolean {
  mkdirSync(dir.root, { recursive: true, mode: 0o700 })
  try {
    symlinkSync(JSON.stringify(main), join(dir.root, MAKER))
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function at(root: string): StateDir {
  const report = join(root, 'report')
  const logs = join(report, 'logs')
  return {
    root,
    journal: join(root, 'journal.ndjson'),
    raw: join(root, 'raw'),
    asking: join(root, 'asking'),
    repository: join(root, 'repo.git'),
    worktrees: join(root, 'wt'),
    report,
    logs,
    log: (specId) => join(logs, `${specId}.log`),
    stream: (specId, attempt) => join(logs, `${specId}.${attempt}.ndjson`),
    lock: join(root, '..', 'owner.json'),
  }
}

/**
 * Tells runs apart on one machine: `<GITHUB_RUN_ID>-<GITHUB_RUN_ATTEMPT>-<GITHUB_JOB>-<GITHUB_ACTION>`, made safe as a
 * folder name; off GitHub `local-<time>`.
 */
export function runKeyOf(env: Environment, now: Date): string {
  const parts = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'GITHUB_ACTION'].map((name) => env[name] ?? '')
  const key = parts[0] ? parts.join('-') : `local-${now.toISOString().replace(/[-:.]/g, '')}`
  return key.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 150)
}

const WEEK_MS = 7 * 24 * 60 * 60_000
/** Stands in the folder of a run that has nothing left to do, so that nobody has to read its journal again. */
const SETTLED = 'settled'
/**
 * Says whose place it is before there is a journal: the identity as the text of a symbolic link, which is whole from the
 * moment that it exists. A file would be empty until it is written to, and its maker may be killed in between.
 */
const MAKER = 'maker'

export const markSettled = (dir: StateDir): void => writeFileSync(join(dir.root, SETTLED), '')

/** Takes the maker's name away, once a journal says more. */
export const unsign = (dir: StateDir): void => rmSync(join(dir.root, MAKER), { force: true })

const isSettled = (dir: StateDir): boolean => existsSync(join(dir.root, SETTLED))

/** Every run of the workspace that `dir` belongs to, `dir` itself left out. */
function siblings(dir: StateDir): readonly StateDir[] {
  const parent = dirname(dir.root)
  if (!existsSync(parent)) return []
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && join(parent, entry.name) !== dir.root)
    .map((entry) => at(join(parent, entry.name)))
}

/** Runs of the same workspace that have a journal and are not settled: they go on, or nobody finished them. */
export const unsettledRuns = (dir: StateDir): readonly StateDir[] =>
  siblings(dir).filter((other) => !isSettled(other) && hasBegun(other))

/**
 * Removes runs of the same workspace that settled a week ago or earlier, and places whose maker is proven dead and wrote
 * no journal: it never started anything. A run that has a journal and did not settle is never removed.
 */
export async function forgetOldRuns(dir: StateDir, table: ProcessTable): Promise<void> {
  for (const other of siblings(dir)) {
    const old = isSettled(other) && Date.now() - statSync(other.root).mtimeMs > WEEK_MS
    // Its post, if it ever comes, would do no more; raw output is not cleaned of secrets.
    if (isSettled(other)) removeTree(other.raw)
    // A place with worktrees began, whatever its journal says: somebody emptied that, and the work in them is all there is of it.
    const abandoned = !hasBegun(other) && !hasWorktrees(other) && isAbandoned(other, table)
    if (abandoned) {
      await endAsked({ directory: other.asking, table })
      await killLeftGit(other.repository, table)
    }
    if (old || abandoned) removePlace(other)
    else removeIfEmpty(other.root)
  }
}

/**
 * Removes the place of a run. What says that it may go goes last: were we killed half-way, what is left would have nobody of whom it
 * could be proven.
 */
export function removePlace({ root }: StateDir): void {
  const names = existsSync(root) ? readdirSync(root) : []
  for (const name of names) if (name !== MAKER && name !== SETTLED) removeTree(join(root, name))
  removeTree(root)
}

export const hasWorktrees = (dir: StateDir): boolean =>
  existsSync(dir.worktrees) && readdirSync(dir.worktrees).length > 0

/** A journal may have been made and not yet written to when its maker was killed. */
const hasBegun = (dir: StateDir): boolean =>
  readJournal(dir.journal)?.some(({ type }) => type === 'run-started') ?? false

function isAbandoned(dir: StateDir, table: ProcessTable): boolean {
  try {
    const maker: unknown = JSON.parse(readlinkSync(join(dir.root, MAKER)))
    return isIdentity(maker) && compare(maker, table) === 'different'
  } catch {
    return false
  }
}

/** Its maker was killed before it could write its name, or is about to and makes the folder again. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Something is in it.
  }
}
