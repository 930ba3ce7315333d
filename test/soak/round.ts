import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningAction, startAction } from '../runner/runner.ts'
import { patientTiming, slowness } from '../runner/slowness.ts'
import { agentCommand, type Temper } from './agents.ts'
import { findings, type KeptRun, processesLeft, runsOf } from './checks.ts'
import { type Ground, makeGround, removeGround, type Source, SPEC_IDS } from './ground.ts'
import { marked } from './processes.ts'
import { Random } from './random.ts'

export type KillKind = 'SIGKILL' | 'SIGINT' | 'SIGTERM'

/** What rounds are drawn from. */
export interface Style {
  readonly kills: Readonly<Record<KillKind, number>>
  readonly tempers: Readonly<Record<Temper, number>>
  /** Runs of one round, one after the other, at most. */
  readonly lives: number
  /** Shares of kills, from 0 to 1. */
  readonly killPost: number
  readonly skipPost: number
  /** A kill comes between 0 and one of these, chosen evenly. Milliseconds. */
  readonly latest: readonly number[]
}

/** What happened in a round. */
export interface Round {
  readonly seed: number
  readonly kills: Readonly<Record<KillKind | 'post', number>>
  /** Runs that were left unfinished, and were put in order by post or by a later run. */
  readonly recoveries: number
  /** The longest time from SIGINT or SIGTERM to main's end, and of a post. Milliseconds. */
  readonly slowestStop: number
  readonly slowestPost: number
  readonly findings: readonly string[]
  /** Kept where something was found. */
  readonly folder: string
}

const ALL_TEMPERS = { quick: 2, slow: 2, stubborn: 1, daemon: 2, escapee: 2, forker: 2, loud: 1, failing: 1 }

/** Nothing but SIGKILL, and only as much waiting as has to be: for every run of the tests. */
export const BRIEF: Style = {
  kills: { SIGKILL: 1, SIGINT: 0, SIGTERM: 0 },
  tempers: { ...ALL_TEMPERS, stubborn: 0.3 },
  lives: 4,
  killPost: 0.3,
  skipPost: 0.4,
  latest: [1_500],
}

/** Everything that a runner, a person or a machine does to a step. */
export const LONG: Style = {
  kills: { SIGKILL: 7, SIGINT: 2, SIGTERM: 1 },
  tempers: ALL_TEMPERS,
  lives: 4,
  killPost: 0.25,
  skipPost: 0.25,
  latest: [1_500, 1_500, 6_000],
}

/** main may take so long to end after SIGINT or SIGTERM on a machine that is not busy. Milliseconds. */
const STOP_LIMIT = 7_000
/** Nothing of a round may take longer: then it hangs. Milliseconds. */
const HANG = 60_000

/** Runs one scratch repository through a few violent deaths, and looks at what is left. The seed decides everything but time. */
export async function playRound(source: Source, style: Style, seed: number): Promise<Round> {
  const ground = makeGround(source)
  const play = new Play(ground, source, style, new Random(seed))
  const found = await play.all()
  if (found.length === 0) removeGround(ground.root)
  return { seed, ...play.account, findings: found, folder: ground.root }
}

class Play {
  readonly account = {
    kills: { SIGKILL: 0, SIGINT: 0, SIGTERM: 0, post: 0 },
    recoveries: 0,
    slowestStop: 0,
    slowestPost: 0,
  }
  readonly #ground: Ground
  readonly #source: Source
  readonly #style: Style
  readonly #random: Random
  readonly #found: string[] = []
  readonly #inputs: Readonly<Record<string, string>>
  /** Folders of runs that main did not bring to their end. */
  readonly #unsettled = new Set<string>()
  #runs = 0

  constructor(ground: Ground, source: Source, style: Style, random: Random) {
    this.#ground = ground
    this.#source = source
    this.#style = style
    this.#random = random
    const ids = SPEC_IDS.slice(0, random.whole(2, SPEC_IDS.length))
    const tempers = Object.fromEntries(ids.map((id) => [id, random.pick(style.tempers)]))
    this.#inputs = {
      checks: 'off',
      specs: ids.join(' '),
      command: agentCommand(ground.root, tempers),
      'max-parallel': String(random.whole(2, 4)),
      verify: random.chance(0.5) ? 'true' : '',
      setup: random.chance(0.2) ? 'true' : '',
    }
  }

  /** Answers what is not as it should be. */
  async all(): Promise<readonly string[]> {
    const lives = this.#random.whole(1, this.#style.lives)
    for (let life = 1; life <= lives; life += 1) await this.#live(life === lives)
    // Where the last main died before its first fact, what earlier runs left waits for somebody who comes later.
    if (!this.#began()) await this.#hung('mode clean', (await this.#start({ mode: 'clean' })).done)
    this.account.recoveries = this.#unsettled.size
    return [...this.#found, ...findings(this.#ground)]
  }

  /** One run, from its start to a post that reaches its end, or to none. */
  async #live(last: boolean): Promise<void> {
    const action = await this.#start(this.#inputs)
    await Promise.race([action.done, sleep(this.#moment())])
    await this.#kill(action, this.#random.pick(this.#style.kills))
    if (!last && this.#random.chance(this.#style.skipPost)) return
    if (this.#random.chance(this.#style.killPost)) await this.#killPost(action)
    const started = performance.now()
    const post = await this.#hung('post', action.post())
    this.account.slowestPost = Math.max(this.account.slowestPost, performance.now() - started)
    if (post && post.code !== 0) this.#found.push(`post ended with ${post.code}: ${post.lines.join('\n')}`)
    // What an earlier run left is not this post's business.
    if (this.#unfinished().length === 0)
      this.#found.push(...processesLeft(this.#ground).map((what) => `after post: ${what}`))
    const leftToRunner = await action.endJob()
    if (leftToRunner.length > 0) this.#found.push(`the runner had to kill ${leftToRunner.join(', ')}`)
  }

  /** Runs that began and are not settled. */
  #unfinished(): readonly KeptRun[] {
    return runsOf(this.#ground).filter(({ board }) => board.run && !board.settled)
  }

  /** Whether the newest run has written that it started. */
  #began(): boolean {
    return runsOf(this.#ground).some(({ board }) => board.run?.key.startsWith(`${this.#runId()}-`))
  }

  #runId(): string {
    return String(4710 + this.#runs)
  }

  async #kill(action: RunningAction, kind: KillKind): Promise<void> {
    const started = performance.now()
    if (kind === 'SIGINT') void action.cancel()
    else action.kill(kind)
    const main = await this.#hung(`main after ${kind}`, action.done)
    const tookMs = performance.now() - started
    for (const { folder } of this.#unfinished()) this.#unsettled.add(folder)
    if (kind === 'SIGKILL') {
      // One that had ended by itself was not killed.
      if (main?.signal === 'SIGKILL') this.account.kills.SIGKILL += 1
      return
    }
    if (tookMs > 5) this.account.kills[kind] += 1
    this.account.slowestStop = Math.max(this.account.slowestStop, tookMs)
    if (tookMs > STOP_LIMIT * slowness()) this.#found.push(`main took ${Math.round(tookMs)} ms to end after ${kind}`)
  }

  /** The runner has no handle of post's process, so it is found by its command line. */
  async #killPost(action: RunningAction): Promise<void> {
    const post = action.post()
    await Promise.race([post, sleep(this.#moment())])
    const script = `${this.#source.actionDir}/dist/post.js`
    for (const { pid } of marked(this.#ground.root).filter(({ command }) => command.endsWith(script))) kill(pid)
    const ended = await this.#hung('post after SIGKILL', post)
    if (ended?.signal === 'SIGKILL') this.account.kills.post += 1
  }

  async #start(inputs: Readonly<Record<string, string>>): Promise<RunningAction> {
    this.#runs += 1
    const { workspace, home, temp, state } = this.#ground
    return await startAction({
      actionDir: this.#source.actionDir,
      workspace,
      home,
      temp,
      timing: patientTiming(),
      inputs,
      // No address that could be reached: a round talks to nobody.
      env: { XDG_STATE_HOME: state, GITHUB_RUN_ID: this.#runId(), GITHUB_API_URL: 'http://127.0.0.1:1' },
    })
  }

  #moment(): number {
    const { latest } = this.#style
    return this.#random.next() * (latest[this.#random.whole(0, latest.length - 1)] ?? 0)
  }

  async #hung<T>(what: string, done: Promise<T>): Promise<T | undefined> {
    const limit = new AbortController()
    const late = sleep(HANG, undefined, { signal: limit.signal }).catch(() => undefined)
    const ended = await Promise.race([done, late])
    limit.abort()
    if (ended === undefined) this.#found.push(`${what} hangs`)
    return ended
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended between the look and the signal.
  }
}
