import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { readInputs } from '../../src/inputs.ts'

const root = path.resolve(import.meta.dirname, '../..')
const { inputs }: { inputs: Record<string, { default: string }> } = parse(
  readFileSync(path.join(root, 'action.yml'), 'utf8'),
)

/** Reads the inputs as the runner hands them over: `INPUT_MAX-PARALLEL=auto`. */
function read(values: Readonly<Record<string, string>>) {
  for (const name of Object.keys(inputs)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, values[name] ?? '')
  const result = readInputs()
  vi.unstubAllEnvs()
  if (!result.ok) throw new Error(result.error.message)
  const { given: _, ...rest } = result.value
  return rest
}

test('every input of action.yml is read, and no other', () => {
  const source = readFileSync(path.join(root, 'src/inputs.ts'), 'utf8')
  const names = [...source.matchAll(/\b(?:raw|getInput)\('([a-z-]+)'\)/g)].map(([, name]) => name)
  expect([...new Set(names)].sort()).toEqual(Object.keys(inputs).sort())
})

test('an empty input means the default that action.yml shows', () => {
  const shown = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default]))
  const alone = { command: 'true', token: '' }
  expect(read(alone)).toEqual(read({ ...shown, ...alone }))
})
