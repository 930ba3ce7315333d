import type { SpecId } from '../spec/spec.ts'
import type { Plan } from './plan.ts'

/** The specs of each wave in start order; the first wave waits for nothing. */
export function waves(plan: Plan): SpecId[][] {
  const lines: SpecId[][] = []
  for (const { wave, specId } of plan.workers) {
    while (lines.length < wave) lines.push([])
    lines[wave - 1]?.push(specId)
  }
  return lines
}
