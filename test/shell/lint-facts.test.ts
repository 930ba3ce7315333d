import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lintFacts } from '../../src/shell/lint-facts.ts'
import { aSpec } from '../builders.ts'

let root: string
let project: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chant-facts-'))
  project = join(root, 'project')
  mkdirSync(join(project, 'docs'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (path: string) => writeFileSync(join(project, path), 'x')

test('prompts are the files of the project and those built in', () => {
  mkdirSync(join(project, '.chant/prompts/extensions'), { recursive: true })
  write('.chant/prompts/ours.md')
  write('.chant/prompts/notes.txt')
  write('.chant/prompts/extensions/more.md')
  const { prompts = new Set() } = lintFacts({ directory: project, root: project }, [])
  expect([...prompts].filter((name) => name === 'ours' || name === 'notes' || name === 'more')).toEqual(['ours'])
  expect(prompts.has('standard')).toBe(true)
})

test('prompts behind a link are none, as where they are read', () => {
  mkdirSync(join(root, 'elsewhere'))
  writeFileSync(join(root, 'elsewhere/theirs.md'), 'x')
  mkdirSync(join(project, '.chant'))
  symlinkSync(join(root, 'elsewhere'), join(project, '.chant/prompts'))
  expect(lintFacts({ directory: project, root: project }, []).prompts?.has('theirs')).toBe(false)
})

test('paths are there, missing, or outside of the repository, links followed', () => {
  write('docs/a.md')
  writeFileSync(join(root, 'secret'), 'x')
  symlinkSync(join(root, 'secret'), join(project, 'docs/out.md'))
  symlinkSync('a.md', join(project, 'docs/in.md'))
  const names = [
    'docs/a.md',
    'docs',
    'docs/in.md',
    'docs/out.md',
    'docs/none.md',
    '../secret',
    '../none',
    'docs/../../none',
    '/etc/passwd',
    'a\0b',
    'docs/a.md/below',
    'x'.repeat(5000),
  ]
  const { paths } = lintFacts({ directory: project, root: project }, [aSpec({ context: names })])
  expect(names.map((name) => paths.get(name) ?? 'there')).toEqual([
    'there',
    'there',
    'there',
    'outside',
    'missing',
    'outside',
    'outside',
    'outside',
    'outside',
    'missing',
    'missing',
    'missing',
  ])
})
