import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit } from '../board/event.ts'
import { err, ok, type Result } from '../result.ts'
import { readTextIfAny, removeTree, writeFileAtomic } from '../shell/files.ts'
import { spawnGate } from './gate.ts'
import { isIdentity } from './identity.ts'
import { COOKIE, type Tree } from './members.ts'
import type { ProcessTable } from './snapshot.ts'
import { stopTree } from './stop.ts'

/** Where something is asked: a folder of its own, real path, which is made and removed; and who lives on this machine. */
export interface Asking {
  readonly directory: string
  readonly table: ProcessTable
}

export interface Asked {
  /** undefined = it did not end in time. */
  readonly exit: Exit | undefined
  /** The beginning of what it printed on either output. */
  readonly said: string
}

/** Bytes. */
const MOST = 64 * 1024

/**
 * Runs a program for its answer, before there is a journal: recorded in a file before it may run, bounded in time, and whatever
 * it started is gone when this returns. A program that hands its output on to a child is no longer waited for than any other.
 */
export async function askProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { directory, table }: Asking,
  milliseconds: number,
): Promise<Result<Asked, string>> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  try {
    const token = randomUUID()
    const output = join(directory, 'output')
    const gate = await spawnGate(
      {
        file,
        args,
        cwd: directory,
        env: { ...env, [COOKIE]: token },
        stdin: '/dev/null',
        stdout: output,
        stderr: output,
      },
      table,
    )
    if (!gate.ok) return err(gate.error)
    using held = gate.value
    const tree: Tree = { token, identity: held.identity, noted: [], directory }
    writeFileAtomic(join(directory, RECORD), JSON.stringify({ token, identity: held.identity }), 0o600)
    held.open()
    const late = new AbortController()
    const exit = await Promise.race([held.exited, sleep(milliseconds, undefined, { signal: late.signal })])
    late.abort()
    await stopTree(tree, table, () => true)
    return ok({ exit, said: beginningOf(output) })
  } finally {
    removeTree(directory)
  }
}

function beginningOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(MOST)
    return buffer.subarray(0, readSync(file, buffer, 0, MOST, 0)).toString('utf8')
  } finally {
    closeSync(file)
  }
}

const RECORD = 'asking.json'

/** Ends what a main that was killed had asked, and settles when it is gone, or no signal ends it. Nobody waits for its answer any more. */
export async function endAsked({ directory, table }: Asking): Promise<void> {
  const text = readTextIfAny(join(directory, RECORD))
  if (text === undefined) return
  const { token, identity }: { token?: unknown; identity?: unknown } = JSON.parse(text)
  if (typeof token !== 'string' || !isIdentity(identity)) return
  if (identity.boot !== table.boot || identity.namespace !== table.namespace) return
  await stopTree({ token, identity, noted: [], directory }, table, () => true)
}
