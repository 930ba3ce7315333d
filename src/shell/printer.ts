import { setTimeout as sleep } from 'node:timers/promises'
import { ExitCode, error, notice, warning } from '@actions/core'
import { inert } from '../report/inert.ts'
import type { LogLine } from '../report/log-line.ts'

/**
 * Prints to the step log. Every text passes `clean` and `inert` here and nowhere else, so that no secret is shown and
 * nothing from a spec or agent acts.
 */
export function print(lines: readonly LogLine[], clean: (text: string) => string): void {
  const harmless = (text: string) => inert(clean(text))
  for (const line of lines) printOne(line, harmless, clean)
}

function printOne(line: LogLine, harmless: (text: string) => string, clean: (text: string) => string): void {
  switch (line.type) {
    case 'text':
      return write(harmless(line.text))
    case 'group':
      // Our own command, its title made harmless: the runner folds what stands between these two.
      write(`::group::${harmless(line.title).replaceAll('%', '%25')}`)
      for (const text of line.lines) write(harmless(text))
      return write('::endgroup::')
    case 'annotation': {
      const say = { error, warning, notice }[line.level]
      return say(harmless(line.message), {
        ...(line.title === undefined ? {} : { title: harmless(line.title) }),
        ...(line.file === undefined ? {} : { file: clean(line.file) }),
        ...(line.line === undefined ? {} : { startLine: line.line }),
        ...(line.column === undefined ? {} : { startColumn: line.column }),
      })
    }
  }
}

/** The last word of a step that fails: an `::error::`, beside a place in a file where there is one, and exit code 1. */
export function fail(
  message: string,
  clean: (text: string) => string,
  place: { readonly file?: string; readonly line?: number; readonly column?: number } = {},
): void {
  print([{ type: 'annotation', level: 'error', ...place, message }], clean)
  process.exitCode = ExitCode.Failure
}

/** Standard output may be a pipe whose reader is gone; the run goes on without it. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/** Long enough for a busy machine; a reader that has stopped for good holds nobody up. Milliseconds. */
const READER_MS = 3_000

/**
 * Until the reader has taken all that was printed: the rest would be lost with the process, because only as much as the pipe
 * holds is written at once.
 */
export async function outputTaken(): Promise<void> {
  const taken = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
  )
  await Promise.race([Promise.all(taken), sleep(READER_MS)])
}

const write = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
