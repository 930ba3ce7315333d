import type { AgentUsage } from '../board/event.ts'
import type { Usage } from './event.ts'

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number
  /** Of input that came from a cache; as `input` where absent. */
  readonly cached?: number
  readonly output: number
}

export interface PriceList {
  /** When the prices were taken, `YYYY-MM-DD`. */
  readonly date: string
  readonly models: Readonly<Record<string, Price>>
}

const MILLION = 1_000_000

/** What the usage costs by the list; undefined where it does not know the model. */
export function costOf(list: PriceList, model: string | undefined, usage: Usage): number | undefined {
  const price = model === undefined ? undefined : priceOf(list, model)
  if (price === undefined) return undefined
  const cached = Math.min(usage.cached, usage.input)
  const dollars =
    (usage.input - cached) * price.input + cached * (price.cached ?? price.input) + usage.output * price.output
  return dollars / MILLION
}

/**
 * Usage with the cost that the agent tells, else the one that the list has for its model. An agent that knows no price for a model of a
 * provider of one's own says that its tokens cost nothing: that is none told.
 */
export function priced(list: PriceList, model: string | undefined, usage: Usage): AgentUsage {
  const { input, cached, output, costUsd } = usage
  const used = { input, cached, output }
  const isTold = costUsd !== undefined && (costUsd > 0 || input + output === 0)
  if (isTold) return { ...used, costUsd }
  const estimate = costOf(list, model, usage)
  return estimate === undefined ? used : { ...used, costUsd: estimate, estimated: true }
}

/** By its name, without what a gateway puts before it (`openai/gpt-5`), and without its date (`gpt-5-2025-08-07`). */
function priceOf({ models }: PriceList, model: string): Price | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return [model, name, name.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')]
    .filter((known) => Object.hasOwn(models, known))
    .map((known) => models[known])[0]
}
