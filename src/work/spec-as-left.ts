import { isUtf8 } from 'node:buffer'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import { readInside } from '../shell/files.ts'
import { type Finalization, finalizeSpec } from '../spec/edit.ts'

/**
 * The spec with the end of its work, as its agent left it: every byte that is not ours stays, whatever the agent wrote. The error
 * says why that cannot be: it is gone, no text, or its front matter cannot be edited.
 */
export function finalizeAsLeft(worktree: string, specPath: string, end: Finalization): Result<string, string> {
  const text = readInside(worktree, specPath)
  if (text === undefined) return err(isFile(worktree, specPath) ? 'it is too large' : 'it is gone')
  // This character stands for bytes that are no text, which would be lost, or for itself.
  if (text.includes('\ufffd') && !isUtf8(readFileSync(join(worktree, specPath)))) return err('it is not valid UTF-8')
  const finalized = finalizeSpec(text, end)
  return finalized.ok ? ok(finalized.value) : finalized
}

const isFile = (worktree: string, specPath: string): boolean =>
  lstatSync(join(worktree, specPath), { throwIfNoEntry: false })?.isFile() ?? false
