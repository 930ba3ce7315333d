import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scene } from './scene.ts'

/**
 * A PATH on which git stops before one of its commands (`worktree add`) at the scene's gate, under the name `git`, so that
 * the action can be killed while it prepares.
 */
export function blockingGit(scene: Scene, command: string): string {
  const folder = join(scene.root, 'bin')
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/bash
${scene.gate.words}
case " $* " in *" ${command} "*) CHANT_SPEC_ID=git wait_here ;; esac
exec '${git}' "$@"
`,
  )
  chmodSync(join(folder, 'git'), 0o755)
  return `${folder}:${process.env['PATH']}`
}
