import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { DEFAULTS, type Inputs, readInputs } from '../src/inputs.ts'
import { VERSION } from '../src/version.ts'

const root = path.resolve(import.meta.dirname, '..')
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const declared: { inputs: Record<string, { default: string }> } = parse(text('action.yml'))

afterEach(() => vi.unstubAllEnvs())

/** Reads inputs as the runner hands them over; those that are not given have their default. */
function read(given: Readonly<Record<string, string>>) {
  for (const name of Object.keys(declared.inputs)) {
    const otherwise = name === 'token' ? '' : (declared.inputs[name]?.default ?? '')
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, given[name] ?? otherwise)
  }
  return readInputs()
}
function good(given: Readonly<Record<string, string>>): Inputs {
  const result = read({ command: 'true', ...given })
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
function wrong(given: Readonly<Record<string, string>>): string {
  const result = read({ command: 'true', ...given })
  if (result.ok) throw new Error('accepted')
  expect(result.error.message).toContain(`\`${result.error.input}\``)
  return result.error.message
}

describe('the defaults', () => {
  it('are those of action.yml', () => {
    const shown = Object.entries(declared.inputs)
      .map(([name, input]): [string, string] => [name, input.default])
      .filter(([name, value]) => value !== '' && name !== 'token')
    expect(DEFAULTS).toEqual(Object.fromEntries(shown))
  })

  it('make inputs', () => {
    expect(good({})).toMatchObject({
      mode: 'run',
      specs: [],
      maxParallel: 'auto',
      agent: undefined,
      prompt: undefined,
      timeoutMinutes: 60,
      failFast: false,
      branchPrefix: undefined,
      model: undefined,
      agents: '',
      skipApproval: false,
      base: '',
      artifactName: 'chant-logs',
      retentionDays: undefined,
      logStream: 'off',
      workingDirectory: '.',
    })
  })
})

it('the version is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(text('package.json')).version)
})

describe('readInputs', () => {
  it('reads lists by comma, space and line, each item once, in order', () => {
    expect(good({ specs: ' b, a\n c  b,,\t*.1 ' }).specs).toEqual(['b', 'a', 'c', '*.1'])
    expect(good({ labels: 'x,y' }).labels).toEqual(['x', 'y'])
    expect(good({ 'pass-env': 'NPM_TOKEN MY_*' }).passEnv).toEqual(['NPM_TOKEN', 'MY_*'])
    expect(good({ specs: ' , \n' }).specs).toEqual([])
  })

  it.each([
    ['1', 1],
    ['256', 256],
    ['007', 7],
    ['auto', 'auto'],
  ])('takes max-parallel %s', (value, number) => {
    expect(good({ 'max-parallel': value }).maxParallel).toBe(number)
  })

  it.each(['0', '257', '-1', '1.5', '1e2', '0x10', 'many', 'AUTO', '1 2', '99999999999999999999'])(
    'refuses max-parallel %s',
    (value) => {
      expect(wrong({ 'max-parallel': value })).toBe(
        `Input \`max-parallel\` is "${value}": expected a whole number from 1 to 256, or auto.`,
      )
    },
  )

  it.each([
    ['0.05', 0.05],
    ['.5', 0.5],
    ['35000', 35_000],
    ['60', 60],
  ])('takes timeout-minutes %s', (value, number) => {
    expect(good({ 'timeout-minutes': value }).timeoutMinutes).toBe(number)
  })

  it.each(['0', '0.0', '-1', '1e3', '35001', 'Infinity', 'NaN', '1,5', '5m', '1.'])(
    'refuses timeout-minutes %s',
    (value) => {
      expect(wrong({ 'timeout-minutes': value })).toContain(
        `Input \`timeout-minutes\` is "${value}": expected a number of minutes above 0, at most 35000`,
      )
    },
  )

  it.each(['fail-fast', 'skip-deps', 'skip-criteria', 'skip-approval', 'allow-no-commits'])(
    'takes %s as YAML spells it',
    (name) => {
      const key = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
      for (const value of ['true', 'True', 'TRUE']) expect(good({ [name]: value })).toMatchObject({ [key]: true })
      for (const value of ['false', 'False', 'FALSE', ''])
        expect(good({ [name]: value })).toMatchObject({ [key]: false })
      for (const value of ['yes', '1', 'tRUE', 'on'])
        expect(wrong({ [name]: value })).toBe(`Input \`${name}\` is "${value}": expected true or false.`)
    },
  )

  it.each([
    [{ mode: 'nope' }, /^Input `mode` is "nope": expected one of run, plan/],
    [{ agent: 'nope' }, /^Input `agent` is "nope": expected /],
    [{ 'log-stream': 'all' }, 'Input `log-stream` is "all": expected one of off, events, full.'],
    [{ 'retention-days': '0' }, 'Input `retention-days` is "0": expected a whole number from 1 to 90.'],
    [{ 'retention-days': '91' }, 'Input `retention-days` is "91": expected a whole number from 1 to 90.'],
    [{ 'retention-days': 'x' }, 'Input `retention-days` is "x": expected a whole number from 1 to 90.'],
    [{ base: '--upload-pack=x' }, 'Input `base` is "--upload-pack=x": expected a branch, tag or commit.'],
    [{ 'branch-prefix': 'a b/' }, /^Input `branch-prefix`: .*"a b\/spec".*\.$/],
    [{ 'branch-prefix': '/x' }, /^Input `branch-prefix`: /],
    [{ 'branch-prefix': '-x/' }, /^Input `branch-prefix`: /],
    [{ 'branch-prefix': 'a..b/' }, /^Input `branch-prefix`: /],
    [{ 'branch-prefix': 'refs/heads/' }, /^Input `branch-prefix`: /],
    [
      { model: '--yes' },
      'Input `model` is "--yes": expected the name of a model, such as `sonnet` or `claude-opus-4-5`.',
    ],
    [{ model: 'a\nb' }, /^Input `model` is "a\\nb": /],
    [{ 'artifact-name': 'a/b' }, /^Input `artifact-name`: contains \//],
    [
      { agent: 'gpt' },
      'Input `agent` is "gpt": expected one of claude, codex, gemini, opencode, copilot, qwen, pi, command.',
    ],
    [{ 'max-turns': '0' }, 'Input `max-turns` is "0": expected a whole number from 1 to 10000.'],
    [{ 'max-attempts': '1.5' }, 'Input `max-attempts` is "1.5": expected a whole number from 1 to 20.'],
    [
      { 'max-cost-usd': '-1' },
      'Input `max-cost-usd` is "-1": expected a number of US dollars above 0, for example 2.50.',
    ],
    [{ 'prices-file': '../x' }, 'Input `prices-file` is "../x": expected a file inside the workspace, relative to it.'],
  ])('refuses %j', (given, message) => {
    expect(wrong(given)).toMatch(message)
  })

  it.each([
    ['.', '.'],
    ['./', '.'],
    ['packages/app/', 'packages/app'],
    ['./packages//app', 'packages/app'],
    ['..x', '..x'],
  ])('takes working-directory %s', (value, folder) => {
    expect(good({ 'working-directory': value }).workingDirectory).toBe(folder)
  })

  it.each(['/abs', '..', '../x', 'a/../..', 'a/..'])('refuses working-directory %s', (value) => {
    expect(wrong({ 'working-directory': value })).toBe(
      `Input \`working-directory\` is "${value}": expected a folder inside the workspace, relative to it.`,
    )
  })

  it('takes a model and a prefix as they are written, and the agents unread', () => {
    const indented = '\n  - name: a\n  - name: b\n'
    expect(good({ agents: indented })).toMatchObject({ agents: indented, given: { agents: indented.trim() } })
    expect(good({ agents: ' \n' }).agents).toBe('')
    expect(good({ model: 'claude-opus-4-5', 'branch-prefix': 'bot/', agents: '- name: a' })).toMatchObject({
      model: 'claude-opus-4-5',
      branchPrefix: 'bot/',
      agents: '- name: a',
      given: { model: 'claude-opus-4-5', 'branch-prefix': 'bot/', agents: '- name: a' },
    })
  })

  it('needs no command where nothing is started', () => {
    expect(read({ mode: 'plan' }).ok).toBe(true)
  })

  it('shortens what it quotes, and quotes line breaks', () => {
    expect(wrong({ mode: `${'x'.repeat(500)}` })).toContain(`"${'x'.repeat(100)}…"`)
    expect(wrong({ mode: 'a\nb' })).toContain('"a\\nb"')
  })

  it('names one error at a time, the first', () => {
    expect(wrong({ mode: 'x', 'max-parallel': 'y' })).toContain('`mode`')
  })

  it('remembers what was given beside the defaults, and never the token', () => {
    const { given, token } = good({ specs: 'a', 'max-parallel': '3', 'fail-fast': 'false', token: 'the-token' })
    expect(given).toEqual({ command: 'true', specs: 'a', 'max-parallel': '3' })
    expect(token).toBe('the-token')
  })
})
