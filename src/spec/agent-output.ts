import { findFrontMatter } from './front-matter-block.ts'
import { fenceFor, outsideCode } from './markdown-lines.ts'

/** Characters (code points) of agent output that a spec keeps. */
const LIMIT = 5000

export interface AgentOutput {
  /** UTC, `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly at: string
  readonly output: string
}

/**
 * Appends chant's `## Agent Output` section: the time, then the output in a fence that nothing inside can close. Of long
 * output the end is kept, for that is where an agent says what it did. What the file holds already stays byte for byte;
 * a file that ends with this very section is returned as it is.
 */
export function appendAgentOutput(text: string, { at, output }: AgentOutput): string {
  const newline = /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n'
  const shown = keepEnd(plainText(output).replace(/^\n+/, '').trimEnd()) || '(no output)'
  const fence = fenceFor(shown)
  const section = ['', '## Agent Output', '', at, '', fence, ...shown.split('\n'), fence, ''].join(newline)
  if (text.endsWith(section)) return text

  const lastLine = text === '' || text.endsWith('\n') ? '' : newline
  // In a fence left open our own would close it, and the output would stand in the spec as its text: criteria, too.
  const block = findFrontMatter(text)
  const { unclosed } = outsideCode(text.slice(block.ok ? block.value?.bodyStart : 0), 1)
  const closing = unclosed === undefined ? '' : unclosed.indent + unclosed.fence + newline
  return text + lastLine + closing + section
}

/** Terminal output as text: no escape sequences, no control characters but newline and tab, no bidirectional overrides. */
function plainText(output: string): string {
  return output
    .toWellFormed()
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, '')
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
}

/** The end of the text, within the limit; where something was cut, the first line says how much. */
function keepEnd(text: string): string {
  const characters = Array.from(text)
  if (characters.length <= LIMIT) return text
  const note = (cut: number): string => `[… ${cut} characters cut …]\n`
  const kept = LIMIT - note(characters.length).length
  return note(characters.length - kept) + characters.slice(-kept).join('')
}
