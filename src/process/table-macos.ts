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

const COLUMNS = 'pid=,ppid=,pgid=,uid=,stat=,time=,lstart=,ucomm='

const run = (args: readonly string[]): string =>
  execaSync('/bin/ps', args, { reject: false, env: { LC_ALL: 'C', TZ: 'UTC' }, extendEnv: false }).stdout ?? ''

function toSnapshot(text: string): Snapshot {
  const rows = new Map(parsePs(text).map((row) => [row.pid, row]))
  return { rows, variable: () => undefined, directory: () => undefined, user: (pid) => rows.get(pid)?.user }
}

/** `ps` tells the user in the same breath. */
interface PsRow extends ProcessRow {
  readonly user: number
}

/** Lines of `ps -o pid=,ppid=,pgid=,uid=,stat=,time=,lstart=,ucomm=` in the C locale and UTC; anything else is passed over. */
export function parsePs(text: string): readonly PsRow[] {
  const rows: PsRow[] = []
  for (const line of text.split('\n')) {
    const match =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+:\d+\.\d+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*\S)\s*$/.exec(
        line,
      )
    if (!match) continue
    const [, pid, parent, group, user, state = '', time = '', start = '', name = ''] = match
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      name,
      user: Number(user),
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
