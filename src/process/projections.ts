import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isRealDirectory } from '../shell/files.ts'
import { isAlive, type ProcessTable } from './snapshot.ts'

/** A file of `.chant/pids`, `.chant/.locks` or `.chant/processes` as it lies there, whoever wrote it. */
export interface Projection {
  /** The file's name without its ending: a spec id, if it is ours or chant's. */
  readonly name: string
  readonly path: string
  /** Undefined where the file holds no process id: empty, binary, 0, 1, negative, too large. */
  readonly pid: number | undefined
}

/** Larger than any pid: /proc/sys/kernel/pid_max is at most 2^22. */
const PID_LIMIT = 2 ** 22
/** No file of ours is longer. Bytes. */
const LONGEST = 64

/** The pid files of a project. */
export const readProjections = (project: string): readonly Projection[] => readFolder(project, '.chant/pids', '.pid')

function readFolder(project: string, folder: string, ending: string): readonly Projection[] {
  const path = join(project, folder)
  if (!isRealDirectory(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => ({
      name: entry.name.slice(0, -ending.length),
      path: `${folder}/${entry.name}`,
      pid: parsePid(readFileSync(join(path, entry.name), 'utf8')),
    }))
}

/** chant writes plain decimal. 0 and 1 and negative numbers mean groups, init or everybody to `kill`: never a worker. */
export function parsePid(text: string): number | undefined {
  const digits = text.trim()
  const pid = Number(digits)
  return text.length <= LONGEST && /^[1-9]\d*$/.test(digits) && pid > 1 && pid <= PID_LIMIT ? pid : undefined
}

/** What was done about a file that stands for no live process. */
export interface Tidied {
  readonly path: string
  readonly what: 'removed' | 'quarantined'
}

/**
 * Removes pid and lock files whose process is gone, as chant does, and moves those that hold no pid aside
 * (`<name>.quarantined`). Where the pid lives the file stays: it may be chant's own.
 */
export function tidyProjections(project: string, table: ProcessTable): readonly Tidied[] {
  const { rows } = table.snapshot()
  return [...readProjections(project), ...readFolder(project, '.chant/.locks', '.lock')].flatMap(
    ({ path, pid }): Tidied[] => {
      const file = join(project, path)
      if (pid === undefined) {
        renameSync(file, `${file}.quarantined`)
        return [{ path, what: 'quarantined' }]
      }
      if (isAlive(rows.get(pid))) return []
      rmSync(file, { force: true })
      return [{ path, what: 'removed' }]
    },
  )
}
