import type { Source } from './ground.ts'
import { type KillKind, playRound, type Round, type Style } from './round.ts'

/** All rounds so far. */
export interface Tally {
  readonly rounds: number
  readonly kills: Readonly<Record<KillKind | 'post', number>>
  readonly recoveries: number
  /** Milliseconds. */
  readonly slowestStop: number
  readonly slowestPost: number
  /** Rounds in which something was not as it should be. */
  readonly broken: readonly Round[]
}

const NOTHING: Tally = {
  rounds: 0,
  kills: { SIGKILL: 0, SIGINT: 0, SIGTERM: 0, post: 0 },
  recoveries: 0,
  slowestStop: 0,
  slowestPost: 0,
  broken: [],
}

const add = (tally: Tally, round: Round): Tally => ({
  rounds: tally.rounds + 1,
  kills: {
    SIGKILL: tally.kills.SIGKILL + round.kills.SIGKILL,
    SIGINT: tally.kills.SIGINT + round.kills.SIGINT,
    SIGTERM: tally.kills.SIGTERM + round.kills.SIGTERM,
    post: tally.kills.post + round.kills.post,
  },
  recoveries: tally.recoveries + round.recoveries,
  slowestStop: Math.max(tally.slowestStop, round.slowestStop),
  slowestPost: Math.max(tally.slowestPost, round.slowestPost),
  broken: round.findings.length > 0 ? [...tally.broken, round] : tally.broken,
})

/** How often SIGKILL was given, to main and to post. */
export const sigkills = ({ kills }: Tally): number => kills.SIGKILL + kills.post

export interface Plan {
  readonly source: Source
  readonly style: Style
  /** Round n has the seed `seed + n`, so that each can be played again alone. */
  readonly seed: number
  /** Rounds at a time. */
  readonly lanes: number
  /** Asked before each round. */
  readonly enough: (tally: Tally) => boolean
  readonly onRound?: (tally: Tally, round: Round) => void
}

export async function playRounds({ source, style, seed, lanes, enough, onRound }: Plan): Promise<Tally> {
  let tally = NOTHING
  let next = seed
  const lane = async () => {
    while (!enough(tally)) {
      const round = await playRound(source, style, next++)
      tally = add(tally, round)
      onRound?.(tally, round)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return tally
}
