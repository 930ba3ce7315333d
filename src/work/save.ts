import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onlySetupRan } from '../board/only-setup.ts'
import { commitAll, commitPaths, commitsSince, headOf, settleHead } from '../git/commit.ts'
import { freePath, setNestedAside } from '../git/nested.ts'
import { makePatch, returnBranch, wordsOfPatch } from '../git/publish.ts'
import { type Restored, restoreWorktree } from '../git/restore-worktree.ts'
import { repositoriesOfSetup, unstageLeftovers } from '../git/setup-leftovers.ts'
import { removeWorktree } from '../git/worktree.ts'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'
import { readInside, writeFileAtomic, writeInside } from '../shell/files.ts'
import { appendAgentOutput } from '../spec/agent-output.ts'
import { finalizeSpec } from '../spec/edit.ts'
import type { SpecId } from '../spec/spec.ts'
import { branchesOf } from './branches-of.ts'
import type { SavingContext } from './context.ts'
import { gatherLinked } from './gather-linked.ts'
import { saveSubmodules } from './save-submodules.ts'
import { finalizeAsLeft } from './spec-as-left.ts'

/** A worktree whose work is to be put where people find it. */
export interface Saving {
  readonly specId: SpecId
  readonly title: string
  readonly worktree: { readonly path: string; readonly gitDir: string; readonly branch: string }
  readonly base: string
  readonly start: string
  readonly specPath: string
  readonly specText: string
  readonly specIgnored: boolean
  /** HEAD does not contain the start: the agent rewound or switched, and what it left behind is looked for. */
  readonly elsewhere?: boolean
}

const RESTORED: Readonly<Record<Exclude<Restored, 'nothing'>, string>> = {
  folder: 'The agent removed its worktree. It was made anew from its branch; what was not committed is gone',
  'git-directory':
    'The agent left its worktree on no commit, or without what git keeps of it. Its HEAD is on its branch again',
}

/** Commits what the agent left uncommitted, and tells what is on the branch since the start. */
export async function commitLeftovers(
  ctx: SavingContext,
  saving: Saving,
): Promise<Result<{ readonly commits: readonly string[]; readonly elsewhere?: string }, string>> {
  const { repository } = ctx
  const { worktree, start } = saving
  const restored = await restoreWorktree(repository, worktree, start)
  if (!restored.ok) return restored
  if (restored.value !== 'nothing')
    ctx.journal.append({
      type: 'warning',
      code: 'worktree-restored',
      specId: saving.specId,
      message: RESTORED[restored.value],
    })
  const settled = await settleHead(repository, worktree, start)
  if (!settled.ok) return settled
  const elsewhere = settled.value.type === 'elsewhere' ? { elsewhere: settled.value.message } : {}
  const committed = onlySetupRan(ctx.journal.board, saving.specId) ? ok(undefined) : await commitWork(ctx, saving)
  if (!committed.ok) return committed
  const commits = await commitsSince(repository, worktree, start)
  return commits.ok ? ok({ commits: commits.value, ...elsewhere }) : commits
}

/** Everything that stands in the worktree, but for what `setup` left there. */
async function commitWork(ctx: SavingContext, saving: Saving): Promise<Result<void, string>> {
  const { repository } = ctx
  const { worktree, start } = saving
  const message = ctx.cleaner.clean(`chant(${saving.specId}): ${saving.title}`)
  await gatherLinked(ctx, worktree, message)
  const aside = join(ctx.dir.root, 'kept', saving.specId)
  const { setupLeft } = ctx.journal.board.workers.get(saving.specId) ?? {}
  const ofSetup = await repositoriesOfSetup(repository, worktree, start, setupLeft)
  const nested = await setNestedAside(repository, worktree, aside, new Set(ofSetup.keys()))
  if (!nested.ok) return nested
  if (nested.value.length > 0)
    ctx.journal.append({
      type: 'warning',
      code: 'nested-repository',
      specId: saving.specId,
      message: `The agent left git repositories inside its worktree (${nested.value.join(', ')}); they are not part of its work and were moved to ${aside}`,
    })
  const committed = await commitAll(repository, worktree, message, async () =>
    setupLeft === undefined ? ok(undefined) : await unstageLeftovers(repository, worktree, start, setupLeft),
  )
  return committed.ok
    ? ok(undefined)
    : err(`What the agent left uncommitted could not be committed: ${committed.error}`)
}

export interface Finalized {
  readonly status: 'completed' | 'failed'
  readonly commits: readonly string[]
  readonly model: string | undefined
  /** The spec waits for somebody's approval from now on. */
  readonly asksApproval: boolean
  /** Cleaned lines of the agent's stdout. */
  readonly output: readonly string[]
}

/**
 * Writes the end of the work into the spec file on the worker's branch; every other byte of it stays. Where git ignores
 * the file it is never committed, and the finalised copy goes into the report's `specs/`.
 */
export async function finalizeSpecFile(
  ctx: SavingContext,
  saving: Saving,
  end: Finalized,
): Promise<Result<void, string>> {
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  const fields = {
    status: end.status,
    branch: saving.worktree.branch,
    commits: end.commits.map((hash) => hash.slice(0, 7)),
    ...(end.status === 'completed' ? { completedAt: now } : {}),
    ...(end.model === undefined ? {} : { model: end.model }),
    asksApproval: end.asksApproval,
  }
  const asLeft = finalizeAsLeft(saving.worktree.path, saving.specPath, fields)
  const edited = asLeft.ok ? asLeft : finalizeSpec(saving.specText, fields)
  if (!edited.ok) return edited
  const output = end.output.join('\n').trim()
  const whole = output === '' ? edited.value : appendAgentOutput(edited.value, { at: now, output })
  try {
    if (!asLeft.ok) giveBack(ctx, saving, asLeft.error)
    writeInside(saving.worktree.path, saving.specPath, whole)
    if (saving.specIgnored) {
      writeInside(ctx.dir.report, `specs/${saving.specId}.md`, ctx.cleaner.clean(whole))
      return ok(undefined)
    }
  } catch (error) {
    return err(`The spec could not be finalised: ${messageOf(error)}`)
  }
  const committed = await commitPaths(
    ctx.repository,
    saving.worktree,
    [saving.specPath],
    `chant(${saving.specId}): ${end.status}`,
  )
  return committed.ok ? ok(undefined) : committed
}

/**
 * An agent that removed its spec or broke its front matter gets the text from the start back, and that is said. Its own bytes are in
 * its commits, or in the report where git ignores the file.
 */
function giveBack(ctx: SavingContext, saving: Saving, why: string): void {
  const { specId, specPath, specIgnored, worktree } = saving
  const left = specIgnored ? readInside(worktree.path, specPath) : undefined
  const kept = `specs/${specId}.left.md`
  if (left !== undefined) writeInside(ctx.dir.report, kept, ctx.cleaner.clean(left))
  const where = specIgnored
    ? left === undefined
      ? ''
      : `; what it left is ${kept} in the report`
    : '; what it left is in its commits'
  ctx.journal.append({
    type: 'warning',
    code: 'spec-given-back',
    specId,
    message: ctx.cleaner.clean(
      `The agent left ${specPath} so that its end could not be written into it: ${why}. The spec has its text from the start again${where}`,
    ),
  })
}

/**
 * Brings the branch into the workspace's repository, writes its patch into the logs and removes the worktree: last, and
 * only once nothing in it is unsaved. An error keeps the worktree.
 */
export async function bringHome(
  ctx: SavingContext,
  saving: Saving,
  work: { readonly commits: readonly string[]; readonly salvaged: boolean },
): Promise<Result<void, string>> {
  const { specId, worktree } = saving
  const head = await headOf(ctx.repository, worktree)
  if (!head.ok) return head
  ctx.journal.append({ type: 'work-committed', specId, ...work, head: head.value })
  // Before anything can go wrong: where the branch cannot be returned, the patch still has the work.
  await writePatch(ctx, saving, head.value)
  for (const { branch, commit } of await branchesOf(ctx, saving, head.value, work.commits.length === 0)) {
    const returned = await returnBranch(ctx.workspace, ctx.repository, branch, commit)
    if (!returned.ok)
      return err(`The branch ${branch} could not be brought into the workspace's repository: ${returned.error}`)
    ctx.journal.append({ type: 'branch-returned', specId, branch, head: commit })
  }
  const stays = await saveSubmodules(ctx, saving)
  if (stays !== undefined) return err(stays)
  const remains = await removeWorktree(ctx.repository, worktree)
  if (remains !== undefined) moveRemains(ctx, specId, remains)
  return ok(undefined)
}

/** Everything of it is saved; what cannot be removed must not keep the run from being settled. */
function moveRemains(ctx: SavingContext, specId: SpecId, remains: string): void {
  const target = freePath(join(ctx.dir.root, 'kept', specId, 'remains'))
  try {
    mkdirSync(dirname(target), { recursive: true })
    renameSync(remains, target)
  } catch {
    // It stays where it is, and so does the run.
    return
  }
  ctx.journal.append({
    type: 'warning',
    code: 'worktree-remains',
    specId,
    message: `Its work is saved, but not all files of its worktree could be removed: they may belong to another user. They are in ${target}`,
  })
}

async function writePatch(ctx: SavingContext, { specId, base }: Saving, head: string): Promise<void> {
  const withhold = (reason: string) => void ctx.journal.append({ type: 'patch-withheld', specId, reason })
  if (ctx.secretsUnknown) return withhold('the secrets of its run are not known any more')
  const patch = await makePatch(ctx.repository, base, head)
  if (!patch.ok) return withhold(`no patch could be made: ${patch.error}`)
  if (patch.value === '') return
  const words = await wordsOfPatch(ctx.repository, base, head, patch.value)
  if (!words.ok) return withhold(`whether it contains a secret could not be seen: ${words.error}`)
  if (ctx.cleaner.contains(words.value)) return withhold('it contains a secret; the branch holds the work')
  writeFileAtomic(join(ctx.dir.logs, `${specId}.patch`), Buffer.from(patch.value, 'latin1'))
  ctx.journal.append({ type: 'patch-written', specId, patch: `logs/${specId}.patch` })
}

/** The prompt as the agent reads it: a file, so that no argument limit and no pipe stands in its way. */
export function writePrompt(ctx: SavingContext, specId: SpecId, attempt: number, prompt: string): string {
  const path = join(ctx.dir.raw, `${specId}.prompt-${attempt}.md`)
  mkdirSync(ctx.dir.raw, { recursive: true, mode: 0o700 })
  writeFileAtomic(path, prompt, 0o600)
  return path
}
