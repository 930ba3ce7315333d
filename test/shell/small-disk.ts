import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { scratch } from '../scripts/scratch.ts'

/** A file system of 1 MB takes root and Linux to make. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mounts()
if (!canMount) console.log('skipped without the right to mount: full disks (needs root on Linux)')

function mounts(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A folder on a file system of its own, of 1 MB, that goes when the test has ended. */
export function smallDisk(): string {
  const folder = scratch({})
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return folder
}

/** Takes every byte that is left; the answer gives them back. */
export function fill(folder: string): () => void {
  const path = join(folder, 'filler')
  const file = openSync(path, 'w')
  for (let size = 65_536; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size))
    } catch {
      size = Math.floor(size / 2)
    }
  }
  closeSync(file)
  return () => rmSync(path)
}
