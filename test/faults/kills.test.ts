import { expect, test } from 'vitest'
import { ACTION } from '../e2e/dist-present.ts'
import { seed } from '../random-cases.ts'
import { prepareSource } from '../soak/ground.ts'
import { BRIEF } from '../soak/round.ts'
import { playRounds, sigkills } from '../soak/rounds.ts'

const KILLS = 100
if (process.platform !== 'linux') console.log('skipped where not Linux: processes are found by /proc')

/**
 * Faults 1 and 2: SIGKILL of main, and of post, at random moments of their first 1.5 s, from before the first record to
 * after the last. Afterwards nothing of the round lives, nobody is missing from the results, no log is torn, no commit lost.
 * `npm run soak` does the same for longer, with more kinds of death.
 */
test.skipIf(process.platform !== 'linux')(
  `${KILLS} SIGKILLs at random moments lose no process, no work and no log`,
  { timeout: 600_000 },
  async () => {
    using source = prepareSource(ACTION)
    const tally = await playRounds({
      source,
      style: BRIEF,
      seed,
      lanes: 3,
      enough: (so) => sigkills(so) >= KILLS || so.broken.length > 0,
    })
    const { rounds, kills, recoveries, slowestPost } = tally
    console.log(
      `seed ${seed}: ${rounds} rounds, main killed ${kills.SIGKILL} times, post ${kills.post} times, ${recoveries} recoveries, slowest post ${Math.round(slowestPost)} ms`,
    )
    expect(tally.broken.map(({ seed: round, findings, folder }) => ({ round, findings, folder }))).toEqual([])
    expect(sigkills(tally)).toBeGreaterThanOrEqual(KILLS)
  },
)
