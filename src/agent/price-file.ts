import { isMap, isNode, isScalar, parseDocument } from 'yaml'
import { err, ok, type Result } from '../result.ts'
import { placesIn, quoted } from '../spec/finding.ts'
import { at, fields, numberAt, textAt } from './json.ts'
import type { Price, PriceList } from './prices.ts'

/**
 * A `prices-file`: JSON of the form `{"date": "2026-11-01", "models": {"name": {"input": 1.25, "cached": 0.125, "output": 10}}}`. The error
 * begins with its place.
 */
export function readPriceList(file: string, text: string): Result<PriceList, string> {
  const json = text.replace(/^\ufeff/, '')
  const wrong = (offset: number | undefined, problem: string) => {
    if (offset === undefined) return err(`${file}: ${problem}`)
    const { line, column } = placesIn(json)(offset)
    return err(`${file}:${line}:${column} ${problem}`)
  }
  const parsed = parse(json)
  if (!parsed.ok) return wrong(parsed.error, 'it is not JSON')
  const { value } = parsed
  const models = fields(at(value, 'models'))
  const names = Object.keys(models)
  if (names.length === 0) return wrong(offsetOf(json, 'models'), 'it has no "models"')
  const date = textAt(value, 'date')
  if (date === undefined)
    return wrong(offsetOf(json, 'date'), 'it has no "date" in quotes, which is shown with every estimate')
  const prices: Record<string, Price> = {}
  for (const name of names) {
    const price = models[name]
    const input = numberAt(price, 'input')
    const output = numberAt(price, 'output')
    const cached = numberAt(price, 'cached')
    if (input === undefined || output === undefined)
      return wrong(
        offsetOf(json, 'models', name),
        `the model ${quoted(name)} needs "input" and "output", US dollars for a million tokens`,
      )
    const hasCached = at(price, 'cached') !== undefined
    const amounts = { input, output, ...(hasCached && { cached: cached ?? Number.NaN }) }
    const bad = Object.entries(amounts).find(([, amount]) => !(amount >= 0))
    if (bad)
      return wrong(
        offsetOf(json, 'models', name, bad[0]),
        `${quoted(bad[0])} of the model ${quoted(name)} is expected to be a number, 0 or more`,
      )
    prices[name] = amounts
  }
  return ok({ date, models: prices })
}

/** The error is where it stops to be JSON, if that can be told. */
function parse(text: string): Result<unknown, number | undefined> {
  try {
    const value: unknown = JSON.parse(text)
    return ok(value)
  } catch (error) {
    // The engine names a position in some messages only. What is no JSON may be YAML, which has no fault to place then.
    const told = /at position (\d+)/.exec(String(error))?.[1]
    return err(told === undefined ? parseDocument(text).errors[0]?.pos[0] : Number(told))
  }
}

/** Where the value at a path of names begins, or that of what is there of the path. JSON is YAML, whose reader knows places. */
function offsetOf(json: string, ...path: readonly string[]): number | undefined {
  let node: unknown = parseDocument(json, { uniqueKeys: false }).contents
  for (const name of path) {
    if (!isMap(node)) break
    const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === name)
    if (pair === undefined) break
    node = pair.value
  }
  return isNode(node) ? node.range?.[0] : undefined
}
