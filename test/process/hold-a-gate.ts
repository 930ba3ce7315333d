import { spawnGate } from '../../src/process/gate.ts'
import { processTable } from '../../src/process/table.ts'

/** A program for tests: starts a gate on `touch ran` in the folder that is its argument, says its pid, and never opens it. */
const [folder = ''] = process.argv.slice(2)
const table = processTable(process.platform)
if (!table) throw new Error('no process table')
const gate = await spawnGate(
  {
    file: 'touch',
    args: ['ran'],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    stdin: '/dev/null',
    stdout: `${folder}/out`,
    stderr: `${folder}/err`,
  },
  table,
)
if (!gate.ok) throw new Error(gate.error)
console.log(gate.value.identity.pid)
setInterval(() => gate.value.identity, 60_000)
