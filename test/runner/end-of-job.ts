import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What the runner does at the end of a job: kills every process that carries the job's RUNNER_TRACKING_ID.
 * Answers the pids it found, when they are gone. Linux only; elsewhere it finds nothing.
 */
export async function killLeftovers(trackingId: string): Promise<readonly number[]> {
  const killed = new Set<number>()
  for (let pids = carriers(trackingId); pids.length > 0; pids = carriers(trackingId)) {
    for (const pid of pids) {
      killed.add(pid)
      kill(pid)
    }
    await sleep(10)
  }
  return [...killed]
}

function carriers(trackingId: string): number[] {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => environment(pid).includes(`RUNNER_TRACKING_ID=${trackingId}`))
}

/** Empty for processes that are gone, dead, or not ours. */
function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended between the look and the signal.
  }
}
