import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Board, fold } from '../board/board.ts'
import { reportHtml } from '../report/html.ts'
import { results } from '../report/results.ts'
import type { SpecId } from '../spec/spec.ts'
import { readTextIfAny, writeFileAtomic } from './files.ts'
import { readJournal } from './journal.ts'
import { type Cleaner, cleaned } from './secrets.ts'
import type { StateDir } from './state-dir.ts'

/** Path of `results.json`, the output `results-file`. */
export const resultsFile = (dir: StateDir): string => join(dir.report, 'results.json')

/** Writes what the artifact holds besides logs and patches: `results.json`, `events.ndjson`, `summary.md`, `report.html`. */
export function writeReportFolder(dir: StateDir, board: Board, summary: string, cleaner: Cleaner): void {
  // Somebody may have removed it since the start.
  mkdirSync(dir.logs, { recursive: true, mode: 0o700 })
  writeResults(dir, board, cleaner)
  const events = (readJournal(dir.journal) ?? []).map((event) => cleaned(event, cleaner.clean))
  writeFileAtomic(join(dir.report, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  writeFileAtomic(join(dir.report, 'summary.md'), cleaner.clean(summary))
  // From clean events: markup may part a secret, so that it would not be found in the page. Logs are clean as they lie.
  const { conclusion, finishedAt } = board
  const clean: Board = { ...fold(events), ...(conclusion && finishedAt ? { conclusion, finishedAt } : {}) }
  const logs = { get: (specId: SpecId) => readTextIfAny(dir.log(specId)) }
  writeFileAtomic(join(dir.report, 'report.html'), reportHtml(clean, { now: Date.now(), logs }))
}

/** For the steps that follow, which read the file and not the artifact: again when more is known. */
export function writeResults(dir: StateDir, board: Board, cleaner: Cleaner): void {
  writeFileAtomic(resultsFile(dir), `${JSON.stringify(cleaned(results(board), cleaner.clean), null, 2)}\n`)
}

/** All files of the report folder, absolute. Links are not followed and not listed. */
export function reportFiles(dir: StateDir): readonly string[] {
  return readdirSync(dir.report, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
