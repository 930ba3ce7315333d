import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Board, fold } from '../../src/board/board.ts'
import type { Logs } from '../../src/report/html/log-blocks.ts'
import { readJournal } from '../../src/shell/journal.ts'

/** What a run left behind: the folder that becomes the artifact. */
export interface ReportFolder {
  readonly board: Board
  /** Epoch ms of the last event: when the report was made. */
  readonly lastAt: number
  readonly logs: Logs
  /** The Markdown of the job summary. */
  readonly summary: string
}

/** Runs the demo and gives the folder that it leaves. */
export async function demoFolder(): Promise<string> {
  const demo = join(import.meta.dirname, '../demo.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [demo], { maxBuffer: 16 << 20 })
  const summary = /^ {2}summary +(.+)$/m.exec(stdout)?.[1]
  if (summary === undefined) throw new Error(`the demo names no summary:\n${stdout}`)
  return dirname(summary)
}

export function readFolder(folder: string): ReportFolder {
  const events = readJournal(join(folder, 'events.ndjson'))
  if (!events) throw new Error(`${folder} holds no events.ndjson`)
  return {
    board: fold(events),
    lastAt: Date.parse(events.at(-1)?.at ?? ''),
    logs: {
      get: (specId) => {
        const file = join(folder, 'logs', `${specId}.log`)
        return existsSync(file) ? readFileSync(file, 'utf8') : undefined
      },
    },
    // Where the logs lie on this machine is no part of the picture.
    summary: readFileSync(join(folder, 'summary.md'), 'utf8').replaceAll(folder, 'report'),
  }
}
