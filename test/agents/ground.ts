import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assemblePrompt } from '../../src/prompt/assemble.ts'
import { builtInPrompt } from '../../src/prompt/built-in.ts'
import { aSpec } from '../builders.ts'

/** Folders for one run of a CLI: a repository with one commit, a HOME of its own, a place for temporary files. */
export interface Ground extends Disposable {
  readonly root: string
  readonly worktree: string
  readonly home: string
  readonly temporary: string
  readonly promptFile: string
  /** Where a CLI may write what it used; not there yet. */
  readonly usageFile: string
}

export function makeGround(specId: string): Ground {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'chant-agents-')))
  const worktree = join(root, 'repo')
  const home = join(root, 'home')
  const temporary = join(root, 'tmp')
  const promptFile = join(root, 'prompt.md')
  for (const folder of [worktree, home, temporary]) mkdirSync(folder)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: worktree, env: { ...process.env, ...IDENTITY } })
  git('init', '--quiet', '--initial-branch', 'main')
  writeFileSync(join(worktree, 'README.md'), '# A project\n')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Begin')
  const branch = `chant/${specId}`
  git('switch', '--quiet', '--create', branch)
  writeFileSync(
    promptFile,
    assemblePrompt({
      template: { name: 'standard', text: builtInPrompt('standard')?.body ?? '', extensions: [] },
      spec: aSpec({ id: specId, body: '# Add notes\n\nWrite notes.txt and commit it.\n' }),
      specPath: `.chant/specs/${specId}.md`,
      worktreePath: worktree,
      branch,
      projectName: 'a-project',
      contextFiles: [],
    }),
  )
  return {
    root,
    worktree,
    home,
    temporary,
    promptFile,
    usageFile: join(root, 'usage.json'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  }
}

export const IDENTITY = {
  GIT_AUTHOR_NAME: 'agent',
  GIT_AUTHOR_EMAIL: 'agent@example.invalid',
  GIT_COMMITTER_NAME: 'agent',
  GIT_COMMITTER_EMAIL: 'agent@example.invalid',
} as const
