import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareSource, removeGround } from '../test/soak/ground.ts'
import { LONG, type Round } from '../test/soak/round.ts'
import { playRounds, type Tally } from '../test/soak/rounds.ts'

/**
 * `npm run soak -- --minutes 10`: the built action, killed again and again in every way at random moments, on scratch
 * repositories with agents of every temper; after each round nothing may be lost, left or torn.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    /** Ends after so many rounds, if that is sooner. */
    rounds: { type: 'string' },
    /** The first round's seed; `--seed <that of a round> --rounds 1` plays one again. */
    seed: { type: 'string' },
    lanes: { type: 'string', default: '3' },
    /** Folder of the action.yml to start. */
    action: { type: 'string', default: join(import.meta.dirname, '..') },
  },
})
const minutes = number('minutes', values.minutes)
const most = values.rounds === undefined ? Number.POSITIVE_INFINITY : number('rounds', values.rounds)
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : number('seed', values.seed)
const lanes = number('lanes', values.lanes)

if (process.platform !== 'linux') {
  console.error('The soak finds processes by /proc: it runs on Linux only.')
  process.exit(2)
}

const PROGRESS_MS = 10_000
const started = performance.now()
const elapsed = () => performance.now() - started
let shown = 0
let given = 0
let kept: Round | undefined
const isTerminal = process.stdout.isTTY

console.log(`seed ${seed}, ${minutes} min, ${lanes} rounds at a time`)
using source = prepareSource(values.action)
const tally = await playRounds({
  source,
  style: LONG,
  seed,
  lanes,
  enough: () => elapsed() > minutes * 60_000 || given++ >= most,
  onRound: (so, round) => {
    if (round.findings.length > 0) tell(round)
    if (!isTerminal && elapsed() - shown < PROGRESS_MS) return
    shown = elapsed()
    const line = `${clock(elapsed())}  ${so.rounds} rounds  ${killWords(so)}  ${so.recoveries} recoveries  ${findingWords(so)}`
    if (isTerminal) process.stdout.write(`\r\x1b[2K${line}`)
    else console.log(line)
  },
})

if (isTerminal) process.stdout.write('\r\x1b[2K')
console.log()
console.log(`rounds         ${tally.rounds} in ${clock(elapsed())}, seeds from ${seed}`)
console.log(`kills          ${killWords(tally)}`)
console.log(`recoveries     ${tally.recoveries}`)
console.log(
  `slowest stop   ${seconds(tally.slowestStop)} from SIGINT or SIGTERM to main's end (the runner allows 7.5 s)`,
)
console.log(`slowest post   ${seconds(tally.slowestPost)}`)
console.log(`findings       ${tally.broken.reduce((sum, { findings }) => sum + findings.length, 0)}`)
if (kept) {
  console.log(`kept           ${kept.folder}; again with --seed ${kept.seed} --rounds 1`)
  process.exitCode = 1
}

/** The first round with a finding keeps its folder. */
function tell(round: Round): void {
  if (isTerminal) process.stdout.write('\r\x1b[2K')
  console.log(`round ${round.seed}${kept ? '' : `, kept in ${round.folder}`}:`)
  for (const finding of round.findings) console.log(`  ${finding}`)
  if (kept) removeGround(round.folder)
  else kept = round
}

function killWords({ kills }: Tally): string {
  return `SIGKILL ${kills.SIGKILL}, SIGINT ${kills.SIGINT}, SIGTERM ${kills.SIGTERM}, post SIGKILL ${kills.post}`
}

function findingWords({ broken }: Tally): string {
  return broken.length === 0 ? 'no findings' : `${broken.length} rounds with findings`
}

function clock(ms: number): string {
  const whole = Math.floor(ms / 1000)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function number(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  console.error(`--${name} is ${JSON.stringify(text)}: it has to be a number.`)
  process.exit(2)
}
