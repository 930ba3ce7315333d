import { execaSync } from 'execa'
import { TICKS_PER_SECOND } from './cpu.ts'
import type { ProcessRow, ProcessTable, Snapshot } from './snapshot.ts'

/**
 * Processes by `ps`, for macOS. Weaker than /proc: start times have seconds only, and neither the environment nor the
 * directory of another process can be read, so an escaped process is found only if it was noted as a descendant.
 */
export function macTable(): ProcessTable {
  return {
    boot: '',
    namespace: '',
    snapshot: () => toSnapshot(run(['-axo', COLUMNS])),
    row: (pid) => toSnapshot(run(['-o', COLUMNS, '-p', String(pid)])).rows.get(pid),
    startedBefore: (a, b) => Date.parse(`${a} UTC`) < Date.parse(`${b} UTC`),
  }
}

const COLUMNS = 'pid=,ppid=,pgid=,stat=,time=,lstart='

const run = (args: readonly string[]): string =>
  execaSync('/bin/ps', args, { reject: false, env: { LC_ALL: 'C', TZ: 'UTC' }, extendEnv: false }).stdout ?? ''

const toSnapshot = (text: string): Snapshot => ({
  rows: new Map(parsePs(text).map((row) => [row.pid, row])),
  variable: () => undefined,
  directory: () => undefined,
})

/** Lines of `ps -o pid=,ppid=,pgid=,stat=,time=,lstart=` in the C locale and UTC; anything else is passed over. */
export function parsePs(text: string): readonly ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+:\d+\.\d+)\s+(\S.*\S)\s*$/.exec(line)
    if (!match) continue
    const [, pid, parent, group, state = '', time = '', start = ''] = match
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: 0,
      state: state.charAt(0),
      start: start.replace(/\s+/g, ' '),
      cpuTicks: ticksOf(time),
    })
  }
  return rows
}

/** `MMM:SS.hh`, CPU time in minutes, seconds and hundredths: 100 ticks a second, as on Linux. */
function ticksOf(time: string): number {
  const [minutes = '0', seconds = '0'] = time.split(':')
  return Math.round((Number(minutes) * 60 + Number(seconds)) * TICKS_PER_SECOND)
}
