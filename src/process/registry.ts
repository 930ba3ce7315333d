import { accessSync, constants, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from '../board/event.ts'
import { isRealDirectory, sweepTemporary, writeFileAtomic } from '../shell/files.ts'
import type { SpecId } from '../spec/spec.ts'

/** What chant's own process files say (`process_id … started`), and what we know besides. */
export interface ProcessRecord {
  readonly specId: SpecId
  readonly identity: ProcessIdentity
  readonly role: string
  readonly attempt: number
  readonly agent: string
  readonly branch: string
  readonly worktree: string
  readonly startedAt: string
  readonly runKey: string
  readonly log: string
}

const PIDS = '.chant/pids'
const PROCESSES = '.chant/processes'
const LOCKS = '.chant/.locks'
const LOGS = '.chant/logs'

/**
 * The registry as people and chant's tools read it: `.chant/pids/<spec>.pid` (plain decimal), one JSON file a process in
 * `.chant/processes/`, main's pid in `.chant/.locks/<spec>.lock`. A projection of the journal: it can be lost and the
 * truth is still there. Formats: chant's `src/pid.rs`, `src/lock.rs`, `src/mcp/tools/work.rs`.
 */
export class Registry {
  readonly #project: string

  constructor(project: string) {
    this.#project = project
  }

  /** Makes the folders, each with a `.gitignore` of `*`. Throws where it cannot, a symbolic link in their place included. */
  prepare(): void {
    this.sweepTemporary()
    makeRealDirectory(this.#in('.chant'))
    for (const folder of [PIDS, PROCESSES, LOCKS, LOGS]) {
      const path = this.#in(folder)
      makeRealDirectory(path)
      const ignore = join(path, '.gitignore')
      if (readText(ignore) === undefined) writeFileAtomic(ignore, '*\n')
      // Everything may be there from an earlier run and not be writable any more.
      accessSync(path, constants.W_OK)
    }
  }

  /**
   * Where the readable log of a spec is shown in the workspace; none where it cannot be: the folder is a link, a folder or a file of
   * another user is in its place.
   */
  logFiles(specId: SpecId): readonly string[] {
    const file = this.#in(LOGS, `${specId}.log`)
    return this.#attempt(LOGS, () => assertOwnFile(file)) ? [file] : []
  }

  lock(specId: SpecId): void {
    this.#attempt(LOCKS, () => writeFileAtomic(this.#in(LOCKS, `${specId}.lock`), String(process.pid)))
  }

  /** Removes a spec's lock if it is this main's: a later run may hold its own by now. */
  unlock(specId: SpecId, mainPid: number): void {
    const file = this.#in(LOCKS, `${specId}.lock`)
    this.#attempt(LOCKS, () => {
      if (readText(file)?.trim() === String(mainPid)) rmSync(file, { force: true })
    })
  }

  add(record: ProcessRecord): void {
    const { specId, identity } = record
    this.#attempt(PROCESSES, () =>
      writeFileAtomic(this.#processFile(specId, identity.pid), `${JSON.stringify(toJson(record), null, 2)}\n`),
    )
    this.#attempt(PIDS, () => writeFileAtomic(this.#in(PIDS, `${specId}.pid`), String(identity.pid)))
  }

  /** Removes the record of one process; the pid file only if it still names this one. */
  remove(specId: SpecId, pid: number): void {
    const pidFile = this.#in(PIDS, `${specId}.pid`)
    this.#attempt(PIDS, () => {
      if (readText(pidFile)?.trim() === String(pid)) rmSync(pidFile, { force: true })
    })
    this.#attempt(PROCESSES, () => rmSync(this.#processFile(specId, pid), { force: true }))
  }

  /**
   * Projections can be lost and the truth is still in the journal, so nothing that goes wrong with one reaches a worker.
   * A folder that somebody removed is made anew; one that became a link is never followed. Answers whether it was done.
   */
  #attempt(folder: string, write: () => void): boolean {
    try {
      for (const path of [this.#in('.chant'), this.#in(folder)]) makeRealDirectory(path)
      const ignore = this.#in(folder, '.gitignore')
      if (readText(ignore) === undefined) writeFileAtomic(ignore, '*\n')
      write()
      return true
    } catch {
      return false
    }
  }

  /** See the function of this name. */
  sweepTemporary(): void {
    for (const folder of [PIDS, PROCESSES, LOCKS, LOGS]) sweepTemporary(this.#in(folder))
  }

  #processFile(specId: SpecId, pid: number): string {
    return this.#in(PROCESSES, `${specId}-${pid}.json`)
  }

  #in(...parts: readonly string[]): string {
    return join(this.#project, ...parts)
  }
}

function makeRealDirectory(path: string): void {
  mkdirSync(path, { recursive: true })
  if (!isRealDirectory(path))
    throw new Error(
      `${path} is a symbolic link; chant-action writes its process files there. Replace it by a real folder.`,
    )
}

/** Throws where something is there that is no file of ours to append to. */
function assertOwnFile(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile()) throw new Error(`${path} is no file`)
  if (there) accessSync(path, constants.W_OK)
}

function toJson(record: ProcessRecord): Readonly<Record<string, unknown>> {
  const { specId, identity } = record
  return {
    process_id: `${specId}-${identity.pid}`,
    spec_id: specId,
    pid: identity.pid,
    started_at: record.startedAt,
    mode: 'parallel',
    started: true,
    identity,
    role: record.role,
    attempt: record.attempt,
    agent: record.agent,
    branch: record.branch,
    worktree: record.worktree,
    log: record.log,
    run: record.runKey,
    main_pid: process.pid,
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
