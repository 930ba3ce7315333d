import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import { isMissing } from './files.ts'
import { isInside } from './spec-folder.ts'

/** The folders that decide what a path in a spec means. Absolute. */
export interface NamedFrom {
  /** Paths start here: the folder that holds `.chant`. */
  readonly directory: string
  /** And stay here: the repository around it, in the workspace or in a worktree. */
  readonly root: string
}

/** The project as a path in its repository, with `/` at its end; empty where they are one. */
export function prefixOf({ directory, root }: NamedFrom): string {
  const way = relative(root, directory)
  return way === '' ? '' : `${way}/`
}

/** Why a path leads to nothing that may be read. */
export type NowhereToRead =
  | 'missing'
  /** It, or a link on its way, leads out of the repository or into git's own folder, whose configuration may hold a token. */
  | 'outside'
  /** No possible name, or a link that leads to itself. */
  | 'no-file'

/** Where a path that a spec names leads, links followed. Nothing is opened. */
export function namedFile(name: string, { directory, root }: NamedFrom): Result<string, NowhereToRead> {
  const path = join(directory, name)
  if (isAbsolute(name) || !isInside(path, root)) return err('outside')
  try {
    const real = realpathSync(path)
    return isInside(real, realpathSync(root)) ? ok(real) : err('outside')
  } catch (error) {
    return err(isMissing(error) ? 'missing' : 'no-file')
  }
}
