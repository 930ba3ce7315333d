import { join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import { readTextIfAny, writeFileAtomic } from '../shell/files.ts'
import type { RunRepository } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

/**
 * Brings a finished branch into the workspace's repository as a plain branch, so that later steps find it. Only creates:
 * an existing branch is an error. No transport is involved, because the workspace's configuration, which agents can write,
 * decides what a fetch runs: the run's repository packs the objects in place, then one ref is made.
 */
export async function returnBranch(
  workspace: WorkspaceRepository,
  repository: RunRepository,
  branch: string,
  head: string,
): Promise<Result<void, string>> {
  const objects = join(workspace.commonDir, 'objects')
  const packs = ['pack-objects', '--quiet', '--non-empty', '--revs', join(objects, 'pack', 'pack')]
  const packed = await repository.git(packs, {
    input: `${head}\n^${workspace.head}\n`,
    env: { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repository.gitDir, 'objects') },
  })
  if (!packed.ok) return err(packed.error.message)
  shareShallow(workspace, repository)
  const absent = '0'.repeat(head.length)
  const made = await workspace.git(['update-ref', `refs/heads/${branch}`, head, absent], {
    gitDir: workspace.commonDir,
  })
  if (made.ok) return ok(undefined)
  // An earlier try may have been killed between this and its record: a branch that is there as it should be is no error.
  const there = await workspace.git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], {
    gitDir: workspace.commonDir,
  })
  return there.ok && there.value.stdout.trim() === head ? ok(undefined) : err(made.error.message)
}

/** Where the run fetched a commit without its history, the workspace has to know that the history ends there. */
function shareShallow(workspace: WorkspaceRepository, repository: RunRepository): void {
  const path = join(workspace.commonDir, 'shallow')
  const theirs = linesOf(readTextIfAny(path))
  const missing = linesOf(readTextIfAny(join(repository.gitDir, 'shallow'))).filter((line) => !theirs.includes(line))
  if (missing.length > 0) writeFileAtomic(path, `${[...theirs, ...missing].join('\n')}\n`)
}

const linesOf = (text: string | undefined): readonly string[] => (text ?? '').split('\n').filter((line) => line !== '')

const DIFF = [
  '--full-index',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--src-prefix=a/',
  '--dst-prefix=b/',
] as const

/** What a branch changes since `base`, as a patch that `git apply` takes, binary files included; one character a byte. */
export const makePatch = (repository: RunRepository, base: string, head: string): Promise<Result<string, string>> =>
  diff(repository, ['--binary', ...DIFF, base, head])

/**
 * What a patch says, for whoever looks for words in it: in the patch itself a binary file, or what the attributes of the tree call
 * one, is compressed. Its bytes are read as text here, and those of UTF-16 too.
 */
export async function wordsOfPatch(
  repository: RunRepository,
  base: string,
  head: string,
  patch: string,
): Promise<Result<string, string>> {
  if (!/^GIT binary patch$/m.test(patch)) return ok(utf8(patch))
  const bytes = await diff(repository, ['--text', ...DIFF, base, head])
  return bytes.ok ? ok(`${utf8(bytes.value)}\n${utf8(bytes.value.replaceAll('\0', ''))}`) : bytes
}

async function diff(repository: RunRepository, args: readonly string[]): Promise<Result<string, string>> {
  const answer = await repository.git(['diff', ...args, '--'], { latin1: true })
  return answer.ok ? ok(answer.value.stdout) : err(answer.error.message)
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')
