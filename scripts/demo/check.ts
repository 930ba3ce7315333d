import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepResult } from '../../test/runner/step.ts'
import type { DemoAgent } from './demo-agent.ts'
import type { Scene } from './scene.ts'
import { DEMO_SPECS, type DemoSpec } from './specs.ts'
import type { Sightings } from './watch.ts'

/** Something that should be so, and what was seen instead. */
export interface Check {
  readonly should: string
  /** Empty when it is so. */
  readonly but: readonly string[]
}

export interface DemoRun {
  readonly scene: Scene
  readonly agent: DemoAgent
  readonly main: StepResult
  readonly post: StepResult
  readonly sightings: Sightings
  readonly maxParallel: number
  /** Pids that the runner had to kill at the end of the job. */
  readonly leftovers: readonly number[]
}

const expected = (type: DemoSpec['expect']['type']): DemoSpec[] =>
  DEMO_SPECS.filter((spec) => spec.expect.type === type)

/** Looks at everything a demo leaves behind. */
export async function checkDemo(run: DemoRun): Promise<Check[]> {
  return [...whileItRan(run), ...(await afterwards(run)), ...work(run), ...reports(run)]
}

/** What holds of a demo that somebody stopped half-way, too. */
export async function checkStopped(run: DemoRun): Promise<Check[]> {
  const { conclusion } = run.main.outputs
  return [
    named(run),
    ...(await afterwards(run)),
    // Stopped in its first moments it has no outputs.
    check(
      'the step says that it was cancelled',
      (conclusion ?? 'cancelled') !== 'cancelled' && `output conclusion: ${conclusion}`,
    ),
  ]
}

function whileItRan(run: DemoRun): Check[] {
  const { sightings, maxParallel } = run
  const { mostAtOnce, agents, looks } = sightings
  const worked = expected('completed').length + expected('criteria-unchecked').length
  return [
    check(
      `${maxParallel} agents at once in the registry`,
      mostAtOnce !== maxParallel && `at most ${mostAtOnce} were seen`,
    ),
    check(`${worked} agents seen by ps`, agents.size !== worked && `${agents.size} were seen in ${looks} looks`),
    named(run),
  ]
}

const named = ({ sightings }: DemoRun): Check =>
  check('every agent that ps showed was named by a pid file and a process JSON', ...sightings.unnamed)

async function afterwards({ scene, agent, leftovers }: DemoRun): Promise<Check[]> {
  const { git, repository, state } = scene
  const projections = ['pids', 'processes', '.locks'].flatMap((name) => filesIn(join(repository, '.chant', name)))
  const worktrees = git('worktree', 'list', '--porcelain').match(/^worktree /gm)?.length ?? 0
  const kept = foldersNamed('wt', state).flatMap(filesIn)
  const alive = await agent.alive()
  return [
    check(
      'no agent and no other process is left',
      ...alive.map((a) => `pid ${a.pid} is an agent`),
      ...leftovers.map((pid) => `pid ${pid} was killed by the runner`),
    ),
    check('no pid file, process JSON or lock is left', ...projections),
    check('no worktree is left', worktrees !== 1 && `git worktree list: ${worktrees}`, ...kept),
    check('git status is clean', ...git('status', '--porcelain').split('\n')),
    check(
      'HEAD is where it was',
      git('rev-parse', 'HEAD') !== scene.head && git('log', '-1', '--oneline'),
      git('branch', '--show-current') !== 'main' && 'another branch is checked out',
    ),
  ]
}

function work({ scene }: DemoRun): Check[] {
  const { git } = scene
  const branches = new Set(git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n'))
  const branchOf = (id: string) => `chant/${id}`
  const here = (spec: DemoSpec) => branches.has(branchOf(spec.id))
  const completed = expected('completed')
  const files = (spec: DemoSpec) => git('ls-tree', '-r', '--name-only', branchOf(spec.id)).split('\n')
  const specOn = (spec: DemoSpec) => {
    const file = `.chant/specs/${spec.id}.md`
    return files(spec).includes(file) ? git('show', `${branchOf(spec.id)}:${file}`) : ''
  }
  const wrongStatus = (status: string) => (spec: DemoSpec) =>
    here(spec) && !specOn(spec).includes(`\nstatus: ${status}\n`) && spec.id
  return [
    check(
      'every worked spec has its branch',
      ...[...completed, ...expected('criteria-unchecked')].map((spec) => !here(spec) && branchOf(spec.id)),
    ),
    check('a dependent starts from the work that it needs', ...completed.flatMap((spec) => missingWork(spec))),
    check('completed specs say so on their branch', ...completed.map(wrongStatus('completed'))),
    check('the spec that was not finished says failed', ...expected('criteria-unchecked').map(wrongStatus('failed'))),
  ]

  function missingWork(spec: DemoSpec): (string | false)[] {
    const needs = spec.expect.type === 'completed' ? (spec.expect.after ?? []) : []
    return needs.map((id) => {
      const subject = `chant(${id})`
      return (
        here(spec) && !git('log', '--format=%s', branchOf(spec.id)).includes(subject) && `${spec.id} has no ${subject}`
      )
    })
  }
}

function reports({ main, post }: DemoRun): Check[] {
  const found = readOutcomes(main.outputs['results-file'])
  const wrong = ['completed', 'criteria-unchecked'] as const
  const broken = expected('invalid').map((spec) => {
    const place = `.chant/specs/${spec.id}.md:${spec.expect.type === 'invalid' ? spec.expect.line : 0}`
    return !main.lines.some((line) => line.includes(place)) && `no line of the log has ${place}`
  })
  const logs = main.outputs['logs-dir'] ?? ''
  const spoke = main.annotations.filter((a) => a.message.startsWith('An agent said this'))
  return [
    check(
      'results.json has every outcome',
      ...wrong.flatMap((type) =>
        expected(type).map(({ id }) => found.get(id) !== type && `${id}: ${found.get(id) ?? 'not there'}, not ${type}`),
      ),
    ),
    check('the broken spec is named with file and line, and stopped only itself', ...broken),
    check('every worker has a log', ...[...found.keys()].map((id) => !existsSync(join(logs, `${id}.log`)) && id)),
    check('nothing that an agent printed acted as a command', ...spoke.map((a) => a.message), ...main.problems),
    check('GITHUB_ENV and GITHUB_PATH are untouched', ...Object.keys(main.exportedEnv), ...main.addedPaths),
    check(
      'the step failed, because one spec did',
      main.conclusion !== 'failure' && main.conclusion,
      main.outputs['conclusion'] !== 'failure' && `output conclusion: ${main.outputs['conclusion'] ?? 'none'}`,
    ),
    check(
      'post had nothing left to do',
      post.conclusion !== 'success' && `post: ${post.conclusion}`,
      post.summary !== '' && 'it wrote a summary',
    ),
  ]
}

const check = (should: string, ...but: readonly (string | false | undefined)[]): Check => ({
  should,
  but: but.filter((problem) => typeof problem === 'string' && problem !== '').map(String),
})

/** Outcome types by spec id; empty where there is no such file. */
function readOutcomes(file: string | undefined): Map<string, string> {
  if (!file || !existsSync(file)) return new Map()
  const results: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const workers = field(results, 'workers')
  if (!Array.isArray(workers)) return new Map()
  return new Map(
    workers.map((worker) => [String(field(worker, 'spec_id')), String(field(field(worker, 'outcome'), 'type'))]),
  )
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined

/** Everything but the `.gitignore` that keeps a folder out of git. */
const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name !== '.gitignore')
        .map((name) => join(folder, name))
    : []

const foldersNamed = (name: string, root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === name)
    .map((entry) => join(entry.parentPath, entry.name))
