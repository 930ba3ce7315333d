import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../src/prompt/assemble.ts'
import { builtInNames } from '../../src/prompt/built-in.ts'
import { PromptFiles } from '../../src/shell/prompt-files.ts'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'
import { aSpec } from '../builders.ts'
import { scratch } from '../scripts/scratch.ts'

type Prompts = Readonly<Record<string, string>>

/** A project with these prompts, by name. */
const project = (prompts: Prompts): string =>
  scratch({ 'outside.md': 'secret', ...inFolder(prompts), '.chant/specs/x.md': '' })
const inFolder = (prompts: Prompts): Prompts =>
  Object.fromEntries(Object.entries(prompts).map(([name, text]) => [`.chant/prompts/${name}.md`, text]))

/** A prompt's text, or why it cannot be used, in the words that a person gets. */
function read(from: Prompts | string, name: string): string {
  const prompt = new PromptFiles(typeof from === 'string' ? from : project(from)).read(name)
  if (prompt.ok) return prompt.value.text
  return prompt.error.type === 'file' ? formatDiagnostic(prompt.error.diagnostic) : prompt.error.message
}
function warnings(prompts: Prompts, name: string): readonly string[] {
  const prompt = new PromptFiles(project(prompts)).read(name)
  return prompt.ok ? prompt.value.warnings.map(formatDiagnostic) : ['not read']
}

describe('a prompt', () => {
  it('is a file of the project, without its front matter', () => {
    expect(read({ a: '---\nname: a\npurpose: x\n---\n\nText\n---\nmore\n' }, 'a')).toBe('Text\n---\nmore')
    expect(read({ a: '\uFEFF---\r\nname: a\r\n---\r\n\r\n  Text\r\n' }, 'a')).toBe('  Text')
    expect(read({ a: 'Only text\n' }, 'a')).toBe('Only text')
    expect(read({ a: '---\npurpose: a --- b\n---\nText' }, 'a')).toBe('Text')
    expect(read({ a: '---\nnever closed\n' }, 'a')).toBe('---\nnever closed')
  })

  it('may lie in a folder', () => {
    expect(read({ 'domain/api': 'Text' }, 'domain/api')).toBe('Text')
    expect(read({ 'domain/api': 'Text' }, './domain//api')).toBe('Text')
  })

  it('is built in where the project has none of that name', () => {
    expect(read({ standard: 'Mine' }, 'standard')).toBe('Mine')
    expect(builtInNames).toEqual(['bootstrap', 'documentation', 'research', 'standard', 'tdd'])
    for (const name of builtInNames) expect(read({}, name), name).toContain('{{spec}}')
  })

  it('says what there is where its name is wrong', () => {
    expect(read({}, 'none')).toBe(
      'No prompt is named "none": .chant/prompts/none.md does not exist, and built in are bootstrap, documentation, research, standard, tdd.',
    )
    for (const name of ['__proto__', 'constructor', 'toString']) expect(read({}, name)).toContain('No prompt is named')
  })

  it.each([
    '../outside',
    '/etc/passwd',
    'a/../../../outside',
    'a b',
    '',
    '.',
    '.hidden',
    '-x',
    'a\0b',
    'a\nb',
    'x'.repeat(300),
  ])('cannot have the name %j', (name) => {
    expect(read({}, name)).toContain('cannot be the name of a prompt')
  })

  it('is no link, and in no folder that is one', () => {
    const folder = project({ 'x/y': 'Text' })
    symlinkSync('../../outside.md', join(folder, '.chant/prompts/standard.md'))
    symlinkSync('x', join(folder, '.chant/prompts/z'))
    expect(read(folder, 'standard')).toBe(
      '.chant/prompts/standard.md:1:1 the prompt is a link, or in a folder that is one; links are not followed',
    )
    expect(read(folder, 'z/y')).toContain('.chant/prompts/z/y.md:1:1 the prompt is a link')
  })

  it('is a text of a few pages', () => {
    const folder = project({ long: 'x'.repeat(300_000), nul: 'a\0b' })
    mkdirSync(join(folder, '.chant/prompts/folder.md'))
    execFileSync('mkfifo', [join(folder, '.chant/prompts/pipe.md')])
    execFileSync('sh', ['-c', 'printf \'\\377\' > "$0"', join(folder, '.chant/prompts/latin.md')])
    expect(['long', 'folder', 'pipe', 'latin', 'nul'].map((name) => read(folder, name))).toEqual([
      '.chant/prompts/long.md:1:1 the prompt is longer than 256 KiB',
      '.chant/prompts/folder.md:1:1 the prompt is no file that can be read',
      '.chant/prompts/pipe.md:1:1 the prompt is no file that can be read',
      '.chant/prompts/latin.md:1:1 the prompt is no UTF-8 text',
      '.chant/prompts/nul.md:1:2 the file holds a NUL character; it is no text file',
    ])
  })

  it('is an error where its front matter is none', () => {
    expect(read({ a: '---\nname: a\nname: b\n---\n' }, 'a')).toBe(
      '.chant/prompts/a.md:3:1 front matter: duplicate key "name" (first on line 2)',
    )
    expect(read({ a: '---\nextends: [b]\n---\n' }, 'a')).toBe(
      '.chant/prompts/a.md:2:10 front matter: "extends" is a list, expected text',
    )
  })
})

describe('extends', () => {
  it('puts the parent where the prompt says so, as often as it does', () => {
    const prompts = {
      base: '---\nname: base\n---\nBase $& {{spec.id}}\n',
      middle: '---\nextends: base\n---\n\n{{> parent}}\nMiddle\n',
      top: '---\nextends: middle\n---\n{{> parent}}\nTop\n{{> parent}}',
    }
    expect(read(prompts, 'top')).toBe('Base $& {{spec.id}}\nMiddle\nTop\nBase $& {{spec.id}}\nMiddle')
  })

  it('may name a prompt that is built in', () => {
    expect(read({ mine: '---\nextends: tdd\n---\n{{> parent}}\n\nMine.' }, 'mine')).toMatch(
      /^# {{spec\.title}}.*Mine\.$/s,
    )
  })

  it('looks beside the prompt first, then in the folder of all prompts', () => {
    const child = (name: string) => `---\nextends: ${name}\n---\n{{> parent}}`
    const prompts = { 'd/a': child('b'), 'd/b': 'beside', b: 'above', 'd/c': child('e'), e: 'E', 'd/f': child('../b') }
    expect([read(prompts, 'd/a'), read(prompts, 'd/c'), read(prompts, 'd/f')]).toEqual(['beside', 'E', 'above'])
  })

  it('names a parent that is not there, where it is named', () => {
    expect(read({ a: '---\nname: a\nextends: none\n---\n{{> parent}}' }, 'a')).toBe(
      '.chant/prompts/a.md:3:1 extends "none", and there is no such prompt: .chant/prompts/none.md does not exist, and built in are bootstrap, documentation, research, standard, tdd',
    )
    expect(read({ a: '---\nextends: ../../outside\n---\n{{> parent}}' }, 'a')).toBe(
      '.chant/prompts/a.md:2:1 "../../outside" cannot be the name of a prompt: letters, digits, `.`, `_` and `-` are, and `/` for a folder below .chant/prompts.',
    )
  })

  it('names a circle', () => {
    const child = (name: string) => `---\nextends: ${name}\n---\n{{> parent}}`
    const prompts = { a: child('b'), b: child('c'), c: child('b'), self: child('self'), standard: child('standard') }
    expect(read(prompts, 'a')).toBe('.chant/prompts/c.md:2:1 prompts extend each other in a circle: b → c → b')
    expect(read(prompts, 'self')).toBe('.chant/prompts/self.md:2:1 prompts extend each other in a circle: self → self')
    expect(read(prompts, 'standard')).toContain('in a circle: standard → standard')
  })

  it('does not grow without bound', () => {
    const long = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`p${n}`, `---\nextends: p${n + 1}\n---\n{{> parent}}`]),
    )
    expect(read({ ...long, p60: 'end' }, 'p0')).toContain('p50.md:2:1 more than 50 prompts extend one another')
    const twice = (name: string) => `---\nextends: ${name}\n---\n${'{{> parent}}'.repeat(1000)}`
    expect(read({ a: twice('b'), b: twice('c'), c: 'x'.repeat(1000) }, 'a')).toContain(
      'with what it extends, it is longer than 262144 characters',
    )
  })

  it('is warned about where nothing of the parent comes in', () => {
    expect(warnings({ a: '---\nextends: base\n---\nText', base: 'Base' }, 'a')).toEqual([
      '.chant/prompts/a.md:2:1 extends "base", but nothing of that comes in: the text has no {{> parent}}',
    ])
  })
})

describe('what looks like a variable', () => {
  it('is warned about by its place where it is none, in parents too', () => {
    const prompts = {
      a: '---\nextends: b\n---\n\n{{> parent}}\n\nA {{ spec.id }} and {{#if spec.title}}',
      b: '{{Spec.Id}} {{> parent}} {{spec.titel}}',
    }
    const is = 'is no variable of prompts and stays as it is written'
    expect(warnings(prompts, 'a')).toEqual([
      `.chant/prompts/a.md:7:3 {{ spec.id }} ${is}`,
      `.chant/prompts/a.md:7:21 {{#if spec.title}} ${is}`,
      `.chant/prompts/b.md:1:1 {{Spec.Id}} ${is}`,
      `.chant/prompts/b.md:1:13 {{> parent}} ${is}`,
      `.chant/prompts/b.md:1:26 {{spec.titel}} ${is}`,
    ])
  })

  it('is warned about a few times only', () => {
    expect(warnings({ a: '{{ spec }}\n'.repeat(1000) }, 'a')).toHaveLength(10)
  })

  it('is passed over in foreign templates, and where chant itself writes it', () => {
    expect(warnings({ a: '{{spec.id}} {{user.name}} {{#each items}} {{spec.model}} {{ github.sha }}' }, 'a')).toEqual(
      [],
    )
  })
})

describe('an extension', () => {
  const extension = (prompts: Prompts, name: string): string => {
    const read = new PromptFiles(project(prompts)).readExtension(name)
    if (read.ok) return [read.value.text, ...read.value.warnings.map(formatDiagnostic)].join('\n')
    return read.error.type === 'file' ? formatDiagnostic(read.error.diagnostic) : read.error.message
  }

  it('is a file of its folder, without its front matter, and extends nothing', () => {
    expect(extension({ 'extensions/brief': '---\nname: brief\n---\n\nBe brief.\n' }, 'brief')).toBe('Be brief.')
    expect(extension({ 'extensions/brief': '---\nextends: standard\n---\n{{> parent}}' }, 'brief')).toBe(
      '{{> parent}}\n.chant/prompts/extensions/brief.md:4:1 {{> parent}} is no variable of prompts and stays as it is written',
    )
  })

  it('is an error where it is not there, or has no name', () => {
    expect(extension({}, 'none')).toBe(
      'No prompt extension is named "none": .chant/prompts/extensions/none.md does not exist.',
    )
    for (const name of ['../standard', '../../../outside', ''])
      expect(extension({ standard: 'x' }, name)).toContain('cannot be the name of a prompt extension')
  })
})

describe('the prompts that are built in', () => {
  it.each(builtInNames)('leave no variable open: %s', (name) => {
    const prompt = assemblePrompt({
      template: { name, text: read({}, name), extensions: [] },
      spec: aSpec({ body: '# The title\n\nThe text.\n', context: ['a'] }),
      specPath: '.chant/specs/x.md',
      worktreePath: '/wt',
      branch: 'chant/x',
      projectName: 'demo',
      contextFiles: [{ type: 'text', path: 'a', text: 'the context', size: 11, cut: false }],
    })
    expect(prompt).not.toMatch(/\{\{/)
    for (const part of ['The text.', 'the context', 'demo', 'git commit -m'])
      expect(prompt.split(part), part).toHaveLength(2)
  })
})
