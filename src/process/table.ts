import type { ProcessTable, Snapshot } from './snapshot.ts'
import { linuxTable } from './table-linux.ts'
import { macTable } from './table-macos.ts'

/** A snapshot this fresh serves every worker that is being stopped, so that thirty of them cost one scan. Milliseconds. */
const FRESH_MS = 25

/** The process table of this machine; undefined where we cannot read one (Windows), which stops the action at its start. */
export function processTable(platform: NodeJS.Platform): ProcessTable | undefined {
  const scan = platform === 'linux' ? linuxTable() : platform === 'darwin' ? macTable() : undefined
  if (!scan) return undefined
  let last: Snapshot | undefined
  let takenAt = Number.NEGATIVE_INFINITY
  return {
    ...scan,
    snapshot: (since = 0) => {
      const now = performance.now()
      if (!last || now - takenAt > FRESH_MS || takenAt < since) {
        takenAt = performance.now()
        last = scan.snapshot()
      }
      return last
    },
  }
}
