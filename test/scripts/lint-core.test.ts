import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { scratch } from './scratch.ts'

const root = path.resolve(import.meta.dirname, '../..')
const CORE = ['spec', 'plan', 'agent', 'schedule', 'outcome', 'output', 'prompt', 'board', 'report']

const FORBIDDEN = [
  `import { readFileSync } from 'node:fs'`,
  `import { readFile } from 'node:fs/promises'`,
  `import { spawn } from 'node:child_process'`,
  `import { readSync } from 'fs'`,
  `import { execa } from 'execa'`,
  `import { getInput } from '@actions/core'`,
  `import { gate } from '../process/gate.ts'`,
  `import { git } from '../git/git.ts'`,
  `import { upload } from '../github/artifact.ts'`,
  `import { work } from '../work/worker.ts'`,
  `import { journal } from '../shell/journal.ts'`,
  `import type { Inputs } from '../inputs.ts'`,
  `export { tree } from '../process/table.ts'`,
  `export const lazy = () => import('node:os')`,
  `export const now = Date.now()`,
  `export const clock = Date.now`,
  `export const today = new Date()`,
  `export const dice = Math.random()`,
  `export const environment = process.env`,
  `export const hidden = globalThis.process`,
  `export const id = crypto.randomUUID()`,
  `export const timer = setTimeout(() => {}, 1)`,
]

const ALLOWED = [
  `import { posix } from 'node:path'`,
  `import { ok } from '../result.ts'`,
  `import type { Plan } from '../plan/plan.ts'`,
  `export const at = Date.parse('2026-11-02T10:00:00Z')`,
  `export const date = new Date(0)`,
  `export const most = Math.max(1, 2)`,
]

/** Everything in a file counts as used, so that only the rules in question speak. */
const used = (line: string): string => {
  const name = /^import (?:type )?\{ (\w+) \}/.exec(line)?.[1]
  if (name === undefined) return `${line}\n`
  return line.startsWith('import type')
    ? `${line}\nexport type Used = ${name}\n`
    : `${line}\nexport const used = ${name}\n`
}

async function lint(files: Readonly<Record<string, string>>): Promise<Set<string>> {
  const settings = ['biome.json', 'scripts/check/core-is-pure.grit']
  const copies = settings.map((file) => [file, readFileSync(path.join(root, file), 'utf8')])
  const directory = scratch({ ...files, ...Object.fromEntries(copies) })
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '--colors=off', 'src']
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, [biome, ...args], { cwd: directory }, (_, stdout) => resolve(stdout))
  })
  return new Set([...report.matchAll(/"path":\s*"(src\/[^"]+)"/g)].map(([, file]) => file ?? ''))
}

test('what the core may not use is reported in every folder of the core', async () => {
  const files = CORE.flatMap((folder) =>
    FORBIDDEN.map((line, index) => [`src/${folder}/forbidden-${index}.ts`, used(line)] as const),
  )
  const reported = await lint(Object.fromEntries(files))
  expect(files.filter(([file]) => !reported.has(file))).toEqual([])
})

test('what the core may use is not reported, nor what other folders do', async () => {
  const files = [
    ...ALLOWED.map((line, index) => [`src/spec/allowed-${index}.ts`, used(line)] as const),
    ['src/work/allowed.ts', used(`import { spawn } from 'node:child_process'`)] as const,
    ['src/shell/allowed.ts', 'export const now = Date.now()\n'] as const,
  ]
  expect([...(await lint(Object.fromEntries(files)))]).toEqual([])
})
