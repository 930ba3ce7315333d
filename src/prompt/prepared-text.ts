import { headingOf, outsideCode } from '../spec/markdown-lines.ts'

/** `chant prep`, as a prompt tells an agent to run it, up to the end of its line. */
const PREP = /\bchant[ \t]+prep\b[^\n]*/

/**
 * What `chant prep` would print for a spec, where a prompt tells the agent to run it; undefined where it does not.
 * `--clean` leaves out what earlier runs wrote into the spec.
 */
export function preparedText(prompt: string, body: string): string | undefined {
  const command = PREP.exec(prompt)?.[0]
  if (command === undefined) return undefined
  return (/--clean\b/.test(command) ? withoutEarlierRuns(body) : body).trim()
}

/** chant's words for a section that an earlier run wrote. */
const EARLIER = /agent conversation|agent output|execution result/i

/** The body without the sections of earlier runs, each up to the next heading of level 2. Headings in fenced code are none. */
function withoutEarlierRuns(body: string): string {
  const headings = new Map(
    outsideCode(body, 0).lines.flatMap(({ text, line }) => {
      const heading = headingOf(text)
      return heading?.level === 2 ? [[line, heading.text] as const] : []
    }),
  )
  let earlier = false
  return body
    .split(/\r?\n/)
    .filter((_, line) => {
      const heading = headings.get(line)
      if (heading !== undefined) earlier = EARLIER.test(heading)
      return !earlier
    })
    .join('\n')
}
