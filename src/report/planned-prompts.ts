import { count } from './durations.ts'
import { bytes } from './fit.ts'
import { details, fence } from './markdown.ts'
import { clip } from './visible.ts'

/** The prompt that a planned spec would be worked with. */
export interface PlannedPrompt {
  readonly specId: string
  readonly title: string
  /** The prompt's name. */
  readonly prompt: string
  readonly text: string
}

/** Lines of one prompt. Context files and long specs are in the repository already. */
const LINES = 1000

/**
 * The prompt of each planned spec, folded, in the order in which they start, as far as they fit.
 *
 * @param prompts made one by one, so that what does not fit is never made
 * @param total of planned specs
 * @param room bytes
 */
export function promptsSection(prompts: Iterable<PlannedPrompt>, total: number, room: number): string {
  if (total === 0) return ''
  const shown: string[] = []
  // For the heading and the line about the rest.
  let left = room - 300
  for (const prompt of prompts) {
    const folded = one(prompt)
    left -= bytes(folded) + 2
    if (left < 0) break
    shown.push(folded)
  }
  const rest = total - shown.length
  return `${[
    '## Prompts',
    'What each agent would get on its standard input; the path of its worktree is known only when it is made.',
    ...shown,
    ...(rest > 0
      ? [`${count(rest, 'prompt')} more left out: a summary has no room for them. Name fewer specs to see theirs.`]
      : []),
  ].join('\n\n')}\n`
}

function one(prompt: PlannedPrompt): string {
  const lines = prompt.text.trimEnd().split('\n')
  const rest = lines.length - LINES
  const about = `${prompt.specId} ${clip(prompt.title, 80)} (prompt ${clip(prompt.prompt, 80)})`
  return details(
    about,
    [fence(lines.slice(0, LINES)), ...(rest > 0 ? [`${count(rest, 'line')} more.`] : [])].join('\n\n'),
  )
}
