import type { AgentUsage } from '../board/event.ts'

/** `$0.62`; below a cent `<$0.01`; an estimate begins with `~`. Undefined where nobody names a price. */
export function costWords(usage: AgentUsage | undefined): string | undefined {
  const cost = usage?.costUsd
  if (usage === undefined || cost === undefined) return undefined
  const about = usage.estimated ? '~' : ''
  return cost > 0 && cost < 0.01 ? `${about}<$0.01` : `${about}$${cost.toFixed(2)}`
}

/** `1.2 M tokens`, `840 tokens`: read and written together. */
export function tokenWords(usage: AgentUsage | undefined): string | undefined {
  if (usage === undefined) return undefined
  const tokens = usage.input + usage.output
  if (tokens < 1_000) return `${tokens} tokens`
  if (tokens < 999_500) return `${short(tokens / 1_000)} k tokens`
  return `${short(tokens / 1_000_000)} M tokens`
}

const short = (n: number): string => (n < 9.95 ? n.toFixed(1) : String(Math.round(n)))
