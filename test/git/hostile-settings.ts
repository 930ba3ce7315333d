import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Settings by which a git runs a program, all of them the same one. */
export const settings = (command: string): string => `
[core]
	hooksPath = ${join(command, '../hooks')}
	fsmonitor = ${command}
	sshCommand = ${command}
	gitProxy = ${command}
	editor = ${command}
	pager = ${command}
	askPass = ${command}
	alternateRefsCommand = ${command}
	attributesFile = ${join(command, '../attributes')}
[filter "evil"]
	clean = ${command}
	smudge = ${command}
	process = ${command}
	required = true
[merge "evil"]
	driver = ${command} %O %A %B
[diff]
	external = ${command}
[diff "evil"]
	command = ${command}
	textconv = ${command}
[commit]
	gpgSign = true
[gpg]
	program = ${command}
[credential]
	helper = !${command}
[alias]
	add = !${command}
	commit = !${command}
	fetch = !${command}
	status = !${command}
	rev-parse = !${command}
[uploadpack]
	packObjectsHook = ${command}
[gc]
	auto = 1
[maintenance]
	auto = true
[interactive]
	diffFilter = ${command}
[submodule]
	recurse = true
`
export const ATTRIBUTES = '* filter=evil merge=evil diff=evil\n'
const HOOKS = [
  'post-checkout',
  'pre-commit',
  'commit-msg',
  'prepare-commit-msg',
  'post-commit',
  'pre-merge-commit',
  'post-merge',
  'reference-transaction',
  'post-index-change',
  'fsmonitor-watchman',
  'pre-auto-gc',
  'post-rewrite',
  'pre-push',
]

/** Every hook, as a program that calls the command. */
export function hooks(folder: string, command: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of HOOKS) writeFileSync(join(folder, name), `#!/bin/sh\nexec ${command} ${name}\n`, { mode: 0o755 })
}
