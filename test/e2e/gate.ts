import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, readdirSync, watch, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A place where agents wait until the test lets them pass, so that no test ever sleeps. */
export class Gate implements Disposable {
  /**
   * Words for agents: `wait_here` says that the spec's agent has come and waits; `came NAME` says that something else has;
   * `wait_for_ever` waits for what never comes; `leave_daemon` starts a process in a session
   * of its own. Both ignore TERM where the agent said `trap '' TERM` before.
   */
  readonly words: string
  readonly folder: string
  readonly #held: readonly number[]

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    const [go, up, never] = [join(folder, '.go'), join(folder, '.up'), join(folder, '.never')]
    execFileSync('mkfifo', [go, up, never])
    this.folder = folder
    // Held open for both sides, so that nobody ever waits for the other side to open them, or reads their end.
    this.#held = [go, up].map((path) => openSync(path, constants.O_RDWR))
    this.words = `
came() { : > '${folder}'/"$1"; }
wait_for_ever() { read -r _ < '${never}'; }
wait_here() { came "$CHANT_SPEC_ID"; read -r _ < '${go}'; }
leave_daemon() { setsid bash -c "echo > '${up}'; read -r _ < '${never}'" & read -r _ < '${up}'; }
`
  }

  /** Who has come, by name, once there are `count`; rejects when `ended` settles before. */
  async arrived(count: number, ended: Promise<unknown>): Promise<readonly string[]> {
    return await untilFiles(this.folder, (names) => names.length >= count, ended)
  }

  /** Everybody of this list. */
  async cameAll(names: readonly string[], ended: Promise<unknown>): Promise<void> {
    await untilFiles(this.folder, (there) => names.every((name) => there.includes(name)), ended)
  }

  /** Lets as many pass, now or when they come. */
  pass(count = 1): void {
    const [go] = this.#held
    if (go !== undefined) writeSync(go, '\n'.repeat(count))
  }

  [Symbol.dispose](): void {
    for (const file of this.#held) closeSync(file)
  }
}

/** The names in a folder (dot files not counted) once they are enough; rejects when `ended` settles before that. */
export async function untilFiles(
  folder: string,
  enough: (names: readonly string[]) => boolean,
  ended: Promise<unknown>,
): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  const look = () => {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
    if (enough(names)) resolve(names)
  }
  const watcher = watch(folder, look)
  look()
  let settled = false
  const over = () => {
    // The test has gone on meanwhile, and may have removed the folder.
    if (settled) return
    look()
    reject(new Error(`the step ended while only these were in ${folder}: ${readdirSync(folder).join(' ')}`))
  }
  ended.then(over, over)
  try {
    return await promise
  } finally {
    settled = true
    watcher.close()
  }
}
