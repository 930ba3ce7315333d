import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Results } from '../../src/report/results.ts'
import { NO_MAINTENANCE } from '../git-env.ts'
import { type ActionStart, type RunningAction, startAction } from '../runner/runner.ts'
import { patientTiming } from '../runner/slowness.ts'
import type { StepResult } from '../runner/step.ts'
import { ACTION } from './dist-present.ts'
import { Gate } from './gate.ts'
import { readResults } from './results-file.ts'
import { filesLeft, namesIn, processesOf, type SceneProcess, statesIn } from './traces.ts'

export interface SceneSetup {
  /** Texts of spec files by id. */
  readonly specs?: Readonly<Record<string, string>>
  /** Further files by path in the workspace. */
  readonly files?: Readonly<Record<string, string>>
  /** Folder in the workspace that holds `.chant`; the workspace itself if absent. */
  readonly project?: string
  /** Name of the workspace's folder. */
  readonly name?: string
  /** `committed` is the default; `empty` = a repository without a commit; `none` = no repository. */
  readonly git?: 'committed' | 'empty' | 'none'
}

/** A run from its first to its last process. */
export interface Finished {
  readonly main: StepResult
  readonly post: StepResult
  /** What the runner had to kill at the end of the job: should be empty. */
  readonly killed: readonly number[]
}

export type Start = Partial<Omit<ActionStart, 'actionDir' | 'inputs'>>

/** Git as on a machine that nobody has set up, with an author of the test's own. */
const GIT_ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...NO_MAINTENANCE,
  GIT_AUTHOR_NAME: 'Author',
  GIT_AUTHOR_EMAIL: 'author@example.invalid',
  GIT_COMMITTER_NAME: 'Author',
  GIT_COMMITTER_EMAIL: 'author@example.invalid',
}

/** Folders of its own for one test: a workspace with a repository, a home, a state home, the runner's files, a gate. */
export class Scene implements AsyncDisposable {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'chant-e2e-')))
  readonly workspace: string
  readonly project: string
  readonly home = join(this.root, 'home')
  readonly state = join(this.root, 'state')
  readonly temp = join(this.root, 'temp')
  readonly gate = new Gate(join(this.root, 'gate'))
  #runs = 0

  constructor({ specs = {}, files = {}, project = '', name = 'workspace', git = 'committed' }: SceneSetup = {}) {
    this.workspace = join(this.root, name)
    this.project = join(this.workspace, project)
    for (const folder of [this.home, this.state, this.temp, this.project]) mkdirSync(folder, { recursive: true })
    this.write({ 'README.md': '# A project\n', ...files })
    for (const [id, text] of Object.entries(specs)) this.writeSpec(id, text)
    if (git !== 'none') this.git('init', '--quiet', '--initial-branch=main')
    if (git === 'committed') this.commit('A project and what it needs')
  }

  /** Git in the workspace; answers what it printed. */
  git(...args: readonly string[]): string {
    return gitIn(this.workspace, ...args)
  }

  commit(message: string): string {
    this.git('add', '--all')
    this.git('commit', '--quiet', '--allow-empty', '-m', message)
    return this.git('rev-parse', 'HEAD')
  }

  /** Writes files by their paths in the workspace. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.workspace, path)), { recursive: true })
      writeFileSync(join(this.workspace, path), text)
    }
  }

  writeSpec(id: string, text: string): void {
    mkdirSync(join(this.project, '.chant', 'specs'), { recursive: true })
    writeFileSync(join(this.project, '.chant', 'specs', `${id}.md`), text)
  }

  /** A file as it is on a branch. */
  fileOn(branch: string, path: string): string {
    return execFileSync('git', ['-c', 'safe.directory=*', 'show', `${branch}:${path}`], {
      cwd: this.workspace,
      env: GIT_ENV,
      encoding: 'utf8',
    })
  }

  specOn(branch: string, id: string): string {
    return this.fileOn(branch, `${this.project.slice(this.workspace.length + 1)}.chant/specs/${id}.md`)
  }

  branches(): readonly string[] {
    return this.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n')
  }

  /** Starts the action; every start is another run of the workflow. */
  async start(inputs: Readonly<Record<string, string>>, { env, ...more }: Start = {}): Promise<RunningAction> {
    this.#runs += 1
    return await startAction({
      actionDir: ACTION,
      workspace: this.workspace,
      home: this.home,
      temp: this.temp,
      inputs: { 'max-parallel': '4', checks: 'off', ...inputs },
      timing: patientTiming(),
      env: { XDG_STATE_HOME: this.state, GITHUB_RUN_ID: String(4710 + this.#runs), ...env },
      ...more,
    })
  }

  /** Starts the action and waits for all of it. */
  async run(inputs: Readonly<Record<string, string>>, more?: Start): Promise<Finished> {
    return await finish(await this.start(inputs, more))
  }

  /** What is there that should not be once everything is over. */
  left(): readonly string[] {
    return [
      ...filesLeft(this.project, this.state),
      ...this.processes().map(({ pid, command }) => `process ${pid}: ${command.slice(0, 200)}`),
    ]
  }

  processes(): readonly SceneProcess[] {
    return processesOf(this.root)
  }

  /** State directories of the runs so far, in their order. */
  stateDirs(): readonly string[] {
    return statesIn(this.state).flatMap((folder) =>
      namesIn(folder)
        .filter((name) => !name.startsWith('owner.json'))
        .sort()
        .map((name) => join(folder, name)),
    )
  }

  /** What the newest run left for programs, wherever it was written. */
  results(): Results {
    return readResults(join(this.stateDirs().at(-1) ?? '', 'report', 'results.json'))
  }

  /** A text file of the newest run's report folder. */
  report(path: string): string {
    return readFileSync(join(this.stateDirs().at(-1) ?? '', 'report', path), 'utf8')
  }

  /** A file that an agent left beside the workspace. */
  readRoot(name: string): string {
    return readFileSync(join(this.root, name), 'utf8')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gate[Symbol.dispose]()
    for (const { pid } of this.processes()) kill(pid)
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Git in any folder of a test, whoever owns it. */
export const gitIn = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: folder,
    env: GIT_ENV,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

/** What the runner does with a step that has been started, to the end of its job. */
export async function finish(action: RunningAction): Promise<Finished> {
  const main = await action.done
  const post = await action.post()
  return { main, post, killed: await action.endJob() }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}
