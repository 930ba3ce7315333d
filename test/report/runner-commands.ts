/**
 * How the runner finds workflow commands in a line of a step's output, from the facts that actions/runner documents in its source
 * (ActionCommand): the new form at the trimmed start of the line, the old form anywhere. Stricter than the runner in two ways, so
 * that what passes here passes there: every name counts as registered (a stop-commands token may be any word), and characters
 * that a culture-aware comparison may skip are skipped.
 */
export interface RunnerCommand {
  readonly form: 'new' | 'old'
  readonly name: string
  readonly value: string
}

const SKIPPED = /[\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}]/gu

/** Lines as a reader of the stream sees them: broken at LF, CR and CR LF. */
export const outputLines = (stream: string): readonly string[] => stream.split(/\r\n|\r|\n/)

export function runnerCommand(line: string): RunnerCommand | undefined {
  return inLine(line) ?? inLine(line.replace(SKIPPED, ''))
}

function inLine(line: string): RunnerCommand | undefined {
  return newForm(line.replace(/^[\s\u0085\ufeff\u200b\u180e]+/u, '')) ?? oldForm(line)
}

function newForm(trimmed: string): RunnerCommand | undefined {
  if (!trimmed.startsWith('::')) return undefined
  const end = trimmed.indexOf('::', 2)
  if (end < 0) return undefined
  return named('new', trimmed.slice(2, end), trimmed.slice(end + 2))
}

function oldForm(line: string): RunnerCommand | undefined {
  const start = line.indexOf('##[')
  const end = start < 0 ? -1 : line.indexOf(']', start)
  return end < 0 ? undefined : named('old', line.slice(start + 3, end), line.slice(end + 1))
}

function named(form: RunnerCommand['form'], info: string, value: string): RunnerCommand | undefined {
  const name = info.split(' ')[0] ?? ''
  return name === '' ? undefined : { form, name, value }
}
