import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, lstatSync, openSync, rmSync, statSync } from 'node:fs'
import type { Exit, ProcessIdentity } from '../board/event.ts'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'
import { EXHAUSTED, patiently } from '../shell/patience.ts'
import { identityOf } from './identity.ts'
import type { ProcessTable } from './snapshot.ts'

/** What is run once the gate opens. Input and output are files: no pipe can fill, nothing is lost when we are killed. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment: nothing of ours is added. */
  readonly env: Readonly<Record<string, string>>
  /** Absolute paths. stdout and stderr are opened for appending. */
  readonly stdin: string
  readonly stdout: string
  readonly stderr: string
}

/** A process that waits: recorded first, then opened. */
export interface Gate extends Disposable {
  readonly identity: ProcessIdentity
  /** Lets the command run, in the same process. */
  readonly open: () => void
  /** Settles when the process itself has ended, whoever else may still hold its output. */
  readonly exited: Promise<Exit>
}

/**
 * The child waits on descriptor 3 until it is told to go on. If we die between its start and its record, it reads the
 * end of file and leaves with 125, and the command was never run.
 */
const GATE = 'read -r _ <&3 || exit 125; exec 3<&-; exec "$@"'

/** `spawnGate`, tried again while the machine is exhausted. */
export const spawnGatePatiently = (
  command: Command,
  table: ProcessTable,
  signal: AbortSignal,
): Promise<Result<Gate, string>> =>
  patiently(
    () => spawnGate(command, table),
    (error) => EXHAUSTED.test(error),
    signal,
  )

/** Starts the gate in a session and process group of its own. Errors are sentences (no such directory, no processes left). */
export async function spawnGate(command: Command, table: ProcessTable): Promise<Result<Gate, string>> {
  const files: number[] = []
  // Otherwise the system blames the shell: `spawn /bin/sh ENOENT`.
  if (!statSync(command.cwd, { throwIfNoEntry: false })?.isDirectory())
    return err(`its working directory ${command.cwd} does not exist`)
  try {
    files.push(openSync(command.stdin, 'r'))
    for (const path of [command.stdout, command.stderr]) files.push(openOutput(path))
    // Node's own spawn: the gate needs an exact table of descriptors and the plain exit event, nothing on top.
    const child = spawn('/bin/sh', ['-c', GATE, 'chant-gate', command.file, ...command.args], {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: [...files, 'pipe'],
    })
    return await gateOf(child, table)
  } catch (error) {
    return err(messageOf(error))
  } finally {
    for (const file of files) closeSync(file)
  }
}

/** Opening a pipe that nobody reads would wait for ever, and everything here with it. */
const OUTPUT = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** An agent that ran before can write to our folders, and may have put anything in the place of a file to come. */
function openOutput(path: string): number {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile()) rmSync(path, { recursive: true, force: true })
  return openSync(path, OUTPUT, 0o600)
}

async function gateOf(child: ChildProcess, table: ProcessTable): Promise<Result<Gate, string>> {
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code === null ? { type: 'signal', signal: signal ?? 'unknown' } : { type: 'code', code })
    })
  })
  try {
    await once(child, 'spawn')
  } catch (error) {
    return err(messageOf(error))
  }
  const latch = child.stdio[3]
  const row = child.pid === undefined ? undefined : table.row(child.pid)
  if (!row || !latch || !('end' in latch)) {
    latch?.destroy()
    return err('the process ended before it could be recorded')
  }
  // Broken pipe when the gate was killed before it was opened: its exit says so already.
  latch.on('error', () => undefined)
  return ok({
    identity: identityOf(row, table),
    open: () => latch.end('\n'),
    exited,
    // A gate that was never opened reads the end of file and leaves; for an opened one this changes nothing.
    [Symbol.dispose]: () => latch.destroy(),
  })
}
