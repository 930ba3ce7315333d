import { describe, expect, test } from 'vitest'
import { expandDefault, postRuns } from './expression.ts'
import { parseNameValues, parsePaths } from './file-command.ts'
import { LineSplitter } from './line-splitter.ts'
import { SecretMask } from './secret-mask.ts'
import { StepLog } from './step-log.ts'
import { KNOWN_COMMANDS, parseWorkflowCommand } from './workflow-command.ts'

describe('workflow commands', () => {
  const parse = (line: string) => parseWorkflowCommand(line, new Set(KNOWN_COMMANDS))

  test.each([
    ['::error file=a.md,line=3::no%0Away', 'error', { file: 'a.md', line: '3' }, 'no\nway'],
    ['  \t::WARNING::here', 'warning', {}, 'here'],
    ['::error title=a%3A b%2C c::100%25', 'error', { title: 'a: b, c' }, '100%'],
    ['::error::%250A', 'error', {}, '%0A'],
    ['::group::a::b', 'group', {}, 'a::b'],
    ['said ##[set-env name=A;x=%5D]v%3Bw', 'set-env', { name: 'A', x: ']' }, 'v;w'],
  ])('%j is one', (line, name, properties, data) => {
    expect(parse(line)).toEqual({ name, properties, data })
  })

  test.each(['std::vector::size', '::unknown::x', 'see ::error::x', '::error', '##[error', '##[cmd]x', '::  error::x'])(
    '%j is text',
    (line) => expect(parse(line)).toBeUndefined(),
  )
})

describe('command files', () => {
  test('hold lines and blocks', () => {
    const text = 'a=1\nb<<E\none\ntwo=2\n\nE\n\nc==<<\nd<<E\nE\ne=\n'
    expect(parseNameValues(text)).toEqual({
      ok: true,
      value: { a: '1', b: 'one\ntwo=2\n', c: '=<<', d: '', e: '' },
    })
  })

  test.each([
    ['a<<E\nno end', "Matching delimiter not found 'E'"],
    ['just text', "Invalid format 'just text'"],
    ['=x', "Invalid format '=x'"],
    ['a<<\nx', "Invalid format 'a<<'"],
  ])('refuse %j', (text, error) => {
    expect(parseNameValues(text)).toEqual({ ok: false, error })
  })

  test('hold folders', () => {
    expect(parsePaths('/a\n\n/b\r\n')).toEqual(['/a', '/b'])
  })
})

test('lines end at LF, CRLF and CR, also between two pieces', () => {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  for (const piece of ['a\nb\r', '\nc\rd', 'd\n\n', 'end\r']) splitter.push(piece)
  splitter.end()
  expect(lines).toEqual(['a', 'b', 'c', 'dd', '', 'end'])
})

describe('the log of a step', () => {
  const read = (...lines: string[]) => {
    const log = new StepLog(new SecretMask(), () => {})
    for (const line of lines) log.read(line)
    return log
  }

  test('masks what it was told, line by line and longest first', () => {
    expect(read('::add-mask::ab', '::add-mask::abc%0Axy', 'abc ab xy').lines).toEqual(['*** *** ***'])
  })

  test('shows annotations and groups, and keeps silent commands to itself', () => {
    const log = read('::group::G', '::debug::no', '::error file=f::bad', '::endgroup::', '::save-state name=s::1')
    expect(log.lines).toEqual(['##[group]G', '##[error]bad', '##[endgroup]'])
    expect(log.annotations).toEqual([{ level: 'error', message: 'bad', properties: { file: 'f' } }])
    expect(log.state).toEqual({ s: '1' })
  })

  test('is text between stop-commands and its token', () => {
    const log = read('::stop-commands::Tok', '::error::text', '##[error]text', '::tok::', '::error::real')
    expect(log.annotations.map((a) => a.message)).toEqual(['real'])
    expect(log.lines).toEqual(['::stop-commands::Tok', '::error::text', '##[error]text', '::tok::', '##[error]real'])
  })

  test('refuses to set variables', () => {
    expect(read('x ##[set-env name=A]b').problems).toEqual(['The `set-env` command is disabled.'])
  })
})

describe('expressions', () => {
  test('the token is the only one in a default', () => {
    expect(expandDefault(`a \${{ github.token }}`, 'T')).toBe('a T')
    expect(() => expandDefault(`\${{ github.actor }}`, 'T')).toThrow('github.actor')
  })

  test.each([
    ['always()', 'cancelled', true],
    [`\${{ failure() || cancelled() }}`, 'cancelled', true],
    ['!cancelled()', 'cancelled', false],
    ['success()', 'failure', false],
  ] as const)('%s after %s: %s', (condition, job, runs) => {
    expect(postRuns(condition, job)).toBe(runs)
  })
})
