import { join } from 'node:path'
import { identityOf } from '../../src/process/identity.ts'
import { processTable } from '../../src/process/table.ts'
import { takeLock } from '../../src/shell/workspace-lock.ts'

/**
 * A program for tests: `contend <folder> <rounds>` says `ready`, waits for a line on stdin, tries to take `lock-1` to
 * `lock-<rounds>` in the folder, one after another, says for each who owns it, and then lives on until its stdin ends.
 */
const [folder = '', rounds = '1'] = process.argv.slice(2)
const table = processTable(process.platform)
const row = table?.row(process.pid)
if (!table || !row) throw new Error('no process table')
const owner = { identity: identityOf(row, table), runKey: `run-${process.pid}`, stateDir: folder, since: 'now' }

process.stdin.once('data', () => {
  const results = Array.from({ length: Number(rounds) }, (_, round) => {
    const lock = takeLock(join(folder, `lock-${round + 1}`), owner, table)
    return lock.ok
      ? { mine: true, predecessor: lock.value.predecessor?.runKey }
      : { mine: false, holder: lock.error.runKey }
  })
  console.log(JSON.stringify(results))
})
process.stdin.on('end', () => process.exit(0))
console.log('ready')
