import { expect, it } from 'vitest'
import { agents } from '../../src/agent/agents.ts'
import { askedModel, modelInArgs, modelOn, unknownModelWords } from '../../src/work/asked-model.ts'
import { aWorker } from '../builders.ts'

it('says who asked for a model: the line of the spec, or whoever else did', () => {
  const worker = { ...aWorker({ id: 'a' }), file: '.chant/specs/a.md', model: 'none-9' }
  const spec = { fieldLines: { status: 2, model: 4 } }
  expect(askedModel({ ...worker, chosenBy: { model: 'spec' } }, spec)).toEqual({
    name: 'none-9',
    from: '.chant/specs/a.md:4',
    line: 4,
  })
  const byInput = { name: 'none-9', from: 'input model' }
  expect(askedModel({ ...worker, chosenBy: { model: 'input model' } }, spec)).toEqual(byInput)
  expect(askedModel(aWorker({ id: 'a' }), spec)).toEqual({ name: undefined })
})

it.each([
  [['--model', 'x'], 'x'],
  [['--verbose', '-m', 'x', '--other'], 'x'],
  [['--model=x', '--model', 'y'], 'y'],
  [['--model', 'y', '--model=x=1'], 'x=1'],
  [['--model'], undefined],
  [['--models', 'x'], undefined],
  [['--model='], undefined],
  [[], undefined],
])('finds in the arguments %j the model %s', (args, name) => {
  expect(modelInArgs(args)?.name).toBe(name)
})

it('gives an account its own model first, and another vendor’s to nobody among different agents', () => {
  const on = (model: string | undefined, mixed: boolean, asked: string | undefined) =>
    modelOn(
      { name: 'second', adapter: agents.codex, ...(model === undefined ? {} : { model }) },
      { name: asked },
      mixed,
    )
  expect(on('gpt-5', true, 'opus')).toEqual({ name: 'gpt-5', from: 'account second' })
  expect(on(undefined, true, 'opus')).toEqual({ name: undefined })
  expect(on(undefined, false, 'opus')).toEqual({ name: 'opus' })
  expect(on(undefined, true, 'gpt-5')).toEqual({ name: 'gpt-5' })
  expect(on(undefined, true, undefined)).toEqual({ name: undefined })
})

it('words what has to be corrected', () => {
  expect(unknownModelWords({ name: 'x', from: 'input model' }, 'no')).toBe(
    'Its provider has no model x for this key (asked for by input model): no',
  )
  expect(unknownModelWords({ name: undefined }, '')).toBe('Its provider does not have the model that its agent chose')
})
