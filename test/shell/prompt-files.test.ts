import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtInPrompts } from '../../src/agent/prompt.ts'
import { readPrompts } from '../../src/shell/prompt-files.ts'
import { scratch } from '../scripts/scratch.ts'

function read(files: Record<string, string>, ...names: string[]) {
  const result = readPrompts(scratch(files), names)
  if (!result.ok) throw new Error(result.error)
  return result.value
}
const failure = (project: string, name: string): string => {
  const result = readPrompts(project, [name])
  return result.ok ? '' : result.error
}

describe('readPrompts', () => {
  it('takes the file of the project before the one that is built in', () => {
    const prompts = { '.chant/prompts/standard.md': 'Mine: {{spec}}\n', '.chant/prompts/a.b-c_1.md': 'Other\n' }
    const prompt = read(prompts, 'standard', 'a.b-c_1')
    expect(prompt('standard')).toBe('Mine: {{spec}}\n')
    expect(prompt('a.b-c_1')).toBe('Other\n')
    expect(read({}, 'standard')('standard')).toBe(builtInPrompts.standard)
  })

  it('leaves out the front matter, and keeps a text that only begins like one', () => {
    const prompt = read(
      {
        '.chant/prompts/a.md': '---\nname: a\npurpose: x\n---\n\nText\n---\nmore\n',
        '.chant/prompts/b.md': '---\nnever closed\n',
      },
      'a',
      'b',
    )
    expect(prompt('a').trim()).toBe('Text\n---\nmore')
    expect(prompt('b')).toBe('---\nnever closed\n')
  })

  it('says what there is where a name is wrong', () => {
    const project = scratch({ '.chant/secret.md': 'x', 'outside.md': 'secret' })
    expect(failure(project, 'none')).toContain(
      'No prompt is named "none": .chant/prompts/none.md does not exist, and built in are ',
    )
    for (const name of ['../secret', '/etc/passwd', 'a b', '', '.hidden', '-x', 'a\0b'])
      expect(failure(project, name), name).toContain('cannot be the name of a prompt')
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(failure(project, name), name).toContain('No prompt is named')
  })

  it('follows no link', () => {
    const project = scratch({ 'outside.md': 'secret', '.chant/prompts/x': '' })
    symlinkSync('../../outside.md', join(project, '.chant/prompts/link.md'))
    expect(failure(project, 'link')).toContain('No prompt is named "link"')
  })

  it('has only what was asked for', () => {
    expect(() => read({}, 'standard')('other')).toThrow('prompt other was not read')
  })
})
