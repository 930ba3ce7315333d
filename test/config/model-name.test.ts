import { expect, test } from 'vitest'
import { modelName, recordedModel, shortModelName } from '../../src/config/model-name.ts'

test('shortens the names of models as chant does', () => {
  for (const [name, short] of [
    ['claude-opus-4-5', 'opus'],
    ['claude-opus-4-5-20251101', 'opus'],
    ['CLAUDE-SONNET-4', 'sonnet'],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'haiku'],
    ['opus', 'opus'],
    ['gpt-4', 'gpt-4'],
    ['GPT-4', 'GPT-4'],
    ['llama3:8b', 'llama3:8b'],
  ] as const)
    expect(shortModelName(name)).toBe(short)
})

test('takes any name that can be handed over', () => {
  for (const name of [
    'opus',
    'opus[1m]',
    'anthropic/claude-opus-4-5',
    'llama3:8b',
    'GPT 4',
    'arn:aws:bedrock:x:1:y/z',
    'é',
  ])
    expect(modelName(name)).toEqual({ ok: true, value: name })
})

test('refuses what would be an option, or is not on one line', () => {
  for (const name of [
    '',
    ' ',
    '-x',
    '--model=x',
    ' opus',
    'opus ',
    'a\nb',
    'a\0b',
    'a\u2028b',
    '\u202eopus',
    'x'.repeat(201),
  ])
    expect(modelName(name).ok, JSON.stringify(name)).toBe(false)
})

test('records the short name, but leaves one that a person wrote and that means the same', () => {
  expect(recordedModel('claude-opus-4-5', undefined)).toBe('opus')
  expect(recordedModel('claude-opus-4-5', 'claude-opus-4-5')).toBe('claude-opus-4-5')
  expect(recordedModel('opus', 'claude-opus-4-5')).toBe('claude-opus-4-5')
  expect(recordedModel('claude-sonnet-4-5', 'claude-opus-4-5')).toBe('sonnet')
  expect(recordedModel(undefined, 'opus')).toBeUndefined()
})
