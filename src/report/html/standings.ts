import type { Standing, Tally } from '../tally.ts'

interface Words {
  readonly is: Standing
  readonly words: string
  /** A sign, so that colour is never the only difference. */
  readonly glyph: string
  readonly count: (tally: Tally) => number
}

/** How a worker can stand, in the order in which people look for it. */
export const standings: readonly Words[] = [
  { is: 'failed', words: 'failed', glyph: '✗', count: (t) => t.failed },
  { is: 'cancelled', words: 'cancelled', glyph: '⊘', count: (t) => t.cancelled },
  { is: 'running', words: 'running', glyph: '▸', count: (t) => t.running },
  { is: 'waiting', words: 'waiting', glyph: '◦', count: (t) => t.waiting },
  { is: 'queued', words: 'queued', glyph: '·', count: (t) => t.queued },
  { is: 'not-run', words: 'not run', glyph: '–', count: (t) => t.notRun },
  { is: 'succeeded', words: 'completed', glyph: '✓', count: (t) => t.succeeded },
]

export const glyphOf = (standing: Standing): string => standings.find(({ is }) => is === standing)?.glyph ?? ''
