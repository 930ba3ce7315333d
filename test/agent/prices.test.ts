import { describe, expect, it } from 'vitest'
import { readPriceList } from '../../src/agent/price-file.ts'
import { PRICE_LIST } from '../../src/agent/price-list.ts'
import { costOf, priced } from '../../src/agent/prices.ts'

const list = {
  date: '2026-11-01',
  models: { 'gpt-5': { input: 1.25, cached: 0.125, output: 10 }, plain: { input: 2, output: 4 } },
}
const usage = { input: 1_000_000, cached: 400_000, output: 100_000, costUsd: undefined }

describe('prices', () => {
  it('counts what came from a cache at its own price', () => {
    expect(costOf(list, 'gpt-5', usage)).toBeCloseTo(0.6 * 1.25 + 0.4 * 0.125 + 0.1 * 10)
    expect(costOf(list, 'plain', usage)).toBeCloseTo(2 + 0.4)
  })

  it('knows a model behind a gateway, and with its date', () => {
    for (const model of ['openai/gpt-5', 'gpt-5-2025-08-07', 'azure/eu/gpt-5-20250807'])
      expect(costOf(list, model, usage)).toBeCloseTo(1.8)
  })

  it('takes what an agent says it cost, but for nothing where there were tokens', () => {
    expect(priced(list, 'gpt-5', { ...usage, costUsd: 0.5 })).toMatchObject({ costUsd: 0.5 })
    expect(priced(list, 'gpt-5', { ...usage, costUsd: 0 })).toMatchObject({ costUsd: 1.8, estimated: true })
    expect(priced(list, 'mine/none', { ...usage, costUsd: 0 })).not.toHaveProperty('costUsd')
    expect(priced(list, 'none', { ...usage, input: 0, cached: 0, output: 0, costUsd: 0 })).toMatchObject({ costUsd: 0 })
    // A list of one's own may say that a model costs nothing.
    const free = { date: '2026-11-01', models: { own: { input: 0, output: 0 } } }
    expect(priced(free, 'own', { ...usage, costUsd: 0 })).toMatchObject({ costUsd: 0 })
  })

  it('says nothing of a model that it does not know', () => {
    expect(costOf(list, 'gpt-6', usage)).toBeUndefined()
    expect(costOf(list, 'toString', usage)).toBeUndefined()
    expect(costOf(list, undefined, usage)).toBeUndefined()
  })

  it('reads a file of one’s own, and says what is wrong with it', () => {
    expect(readPriceList('prices.json', JSON.stringify(list))).toEqual({ ok: true, value: list })
    expect(readPriceList('prices.json', `\ufeff${JSON.stringify(list)}`).ok).toBe(true)
    const one = (price: string) => `{\n  "date": "x",\n  "models": {\n    "a": ${price}\n  }\n}`
    const errors = [
      '',
      '{',
      '{\n  "date": x\n}',
      "{'date': 'x'}",
      one('{"input": 1, "output": 2},'),
      '[]',
      '{"models": []}',
      '{"models":{"a":{"input":1,"output":1}}}',
      '{"date": 2026, "models":{"a":{"input":1,"output":1}}}',
      one('{"input": 1}'),
      one('3'),
      one('{"input": "1", "output": 2}'),
      one('{"input": 1, "output": -2}'),
      one('{"input": 1, "cached": "0.1", "output": 2}'),
      one('{"input": 1e999, "output": 2}'),
    ]
    const said = errors.map((text) => readPriceList('prices.json', text)).map((read) => (read.ok ? '' : read.error))
    expect(said).toMatchInlineSnapshot(`
      [
        "prices.json: it is not JSON",
        "prices.json:1:2 it is not JSON",
        "prices.json: it is not JSON",
        "prices.json:1:2 it is not JSON",
        "prices.json:5:3 it is not JSON",
        "prices.json:1:1 it has no "models"",
        "prices.json:1:12 it has no "models"",
        "prices.json:1:1 it has no "date" in quotes, which is shown with every estimate",
        "prices.json:1:10 it has no "date" in quotes, which is shown with every estimate",
        "prices.json:4:10 the model "a" needs "input" and "output", US dollars for a million tokens",
        "prices.json:4:10 the model "a" needs "input" and "output", US dollars for a million tokens",
        "prices.json:4:10 the model "a" needs "input" and "output", US dollars for a million tokens",
        "prices.json:4:33 "output" of the model "a" is expected to be a number, 0 or more",
        "prices.json:4:33 "cached" of the model "a" is expected to be a number, 0 or more",
        "prices.json:4:10 the model "a" needs "input" and "output", US dollars for a million tokens",
      ]
    `)
  })

  it('ships a list whose prices are in order: a cached token is never dearer than a fresh one', () => {
    expect(Object.keys(PRICE_LIST.models).length).toBeGreaterThan(40)
    for (const [name, { input, cached, output }] of Object.entries(PRICE_LIST.models)) {
      expect(cached ?? 0, name).toBeLessThanOrEqual(input)
      expect(input, name).toBeLessThanOrEqual(output)
    }
  })
})
