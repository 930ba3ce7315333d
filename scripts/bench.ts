// `npm run bench`: how long things take, each beside a baseline that is measured in the same run on the same machine. Nothing here fails.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linuxTable } from '../src/process/table-linux.ts'
import { corpusFolders, NO_CORPUS } from '../test/corpus.ts'
import { startAction } from '../test/runner/runner.ts'
import { scheduleBenches } from './bench/schedule.ts'
import { generateSpecs, specBench } from './bench/specs.ts'

const ROUNDS = 11
const main = join(import.meta.dirname, '../dist/main.js')
const scratch = mkdtempSync(join(tmpdir(), 'chant-bench-'))

/** Median of several rounds, milliseconds. */
async function median(what: () => Promise<number> | number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) times.push(await what())
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
}

const timed = (what: () => unknown): number => {
  const from = performance.now()
  what()
  return performance.now() - from
}

/** The medians of rounds in which one comes after the other, so that both meet the same moods of the machine. */
function medians(ours: () => unknown, baseline: () => unknown): readonly [ours: number, baseline: number] {
  const rounds = Array.from({ length: ROUNDS }, () => [timed(baseline), timed(ours)])
  const middle = (at: number): number =>
    rounds.map((round) => round[at] ?? Number.NaN).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
  return [middle(1), middle(0)]
}

/** Real specs as they were at two times, and ten thousand generated ones. */
function loadSpecs(): void {
  const load = (name: string, folder: string): void => {
    const { ours, baseline } = specBench(folder)
    const count = ours()
    const [ms, least] = medians(ours, baseline)
    tell(`load and plan ${count} ${name}`, ms, 'read them and parse their YAML', least)
  }
  for (const folder of corpusFolders) {
    const project = mkdtempSync(join(scratch, 'real-'))
    mkdirSync(join(project, '.chant'))
    cpSync(folder, join(project, '.chant/specs'), { recursive: true })
    load('real specs', project)
  }
  if (corpusFolders.length === 0) console.log(`not measured: ${NO_CORPUS}`)
  const project = mkdtempSync(join(scratch, 'generated-'))
  generateSpecs(10_000, project)
  load('generated specs', project)
}

function tell(name: string, ms: number, baseline: string, of: number): void {
  const ratio = (ms / of).toFixed(2)
  console.log(
    `${name.padEnd(46)} ${ms.toFixed(1).padStart(8)} ms   ${ratio.padStart(6)} × ${baseline} (${of.toFixed(1)} ms)`,
  )
}

/** From the start of the process to the first line of the first agent, for one spec in a small repository. */
async function firstAgent(): Promise<number> {
  const workspace = mkdtempSync(join(scratch, 'repo-'))
  mkdirSync(join(workspace, '.chant/specs'), { recursive: true })
  writeFileSync(join(workspace, '.chant/specs/2026-11-02-001-abc.md'), '---\ntype: code\nstatus: pending\n---\n# One\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args], { cwd: workspace })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-qm', 'start')
  const from = Date.now()
  const action = await startAction({
    actionDir: join(import.meta.dirname, '..'),
    workspace,
    home: join(workspace, '.git/home'),
    env: { XDG_STATE_HOME: join(workspace, '.git/state') },
    inputs: { command: 'date +%s%3N > first; echo x > x', checks: 'off' },
  })
  await action.done
  const first = Number(
    execFileSync('git', ['show', 'chant/2026-11-02-001-abc:first'], { cwd: workspace, encoding: 'utf8' }),
  )
  return first - from
}

try {
  loadSpecs()
  for (const { name, ours, baseline } of scheduleBenches) {
    const [ms, least] = medians(ours, baseline)
    tell(name, ms, 'ten times a thousand', least)
  }
  const node = await median(() => timed(() => spawnSync(process.execPath, ['-e', ''])))
  const env = { PATH: process.env['PATH'] ?? '', INPUT_MODE: 'nonsense' }
  tell(
    'cold start (an input error)',
    await median(() => timed(() => spawnSync(process.execPath, [main], { env }))),
    'an empty program',
    node,
  )
  tell('to the first agent, one spec, small repository', await median(firstAgent), 'an empty program', node)
  if (process.platform === 'linux') {
    const table = linuxTable()
    const processes = table.snapshot().rows.size
    const ps = await median(() => timed(() => spawnSync('ps', ['-e', '-o', 'pid=,ppid=,lstart='])))
    tell(`one scan of ${processes} processes`, await median(() => timed(() => table.snapshot())), 'ps -e', ps)
    const environments = () => {
      const snapshot = table.snapshot()
      for (const pid of snapshot.rows.keys()) snapshot.variable(pid, 'CHANT_WORKER_TOKEN')
    }
    tell(`the same with every environment`, await median(() => timed(environments)), 'ps -e', ps)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
