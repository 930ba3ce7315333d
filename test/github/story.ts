import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunInfo } from '../../src/board/event.ts'
import type { CheckSources } from '../../src/github/check-content.ts'
import { type GithubClient, openClient } from '../../src/github/client.ts'
import { type ChecksOptions, LiveChecks } from '../../src/github/live-checks.ts'
import type { NotPlanned } from '../../src/plan/plan.ts'
import { commentMarker } from '../../src/report/comment.ts'
import { Journal, readJournal } from '../../src/shell/journal.ts'
import type { SpecId } from '../../src/spec/spec.ts'
import { aPlan, aWorker, specId } from '../builders.ts'
import { type GithubServer, type GithubServerOptions, startGithubServer } from '../github-server/server.ts'
import { aRun } from '../report/board-fixture.ts'
import { LINKS } from '../report/check-fixture.ts'

/** What check runs show besides the board. */
export const SOURCES: CheckSources = {
  prefix: '',
  tail: () => ['the last line'],
  criteria: () => undefined,
  clean: (text) => text,
}

/** The commit of a story. */
export const SHA = 'c'.repeat(40)
/** For what comes as soon as it can: longer than a busy machine may need, and than GitHub is waited for in any of these stories. */
export const LONG = 100_000
export const MARKER = commentMarker('chant')
export const idAt = (number: number): SpecId => specId(`2026-11-02-${String(number).padStart(3, '0')}-abc`)

/** The reporter with the real client and a real journal; only the run itself is told, not worked. */
export class Story implements AsyncDisposable {
  readonly server: GithubServer
  readonly journal: Journal
  readonly #folder: string

  private constructor(server: GithubServer, folder: string, journal: Journal) {
    this.server = server
    this.#folder = folder
    this.journal = journal
  }

  static async tell(
    workers: number,
    options: GithubServerOptions = {},
    notPlanned: readonly NotPlanned[] = [],
  ): Promise<Story> {
    const folder = mkdtempSync(join(tmpdir(), 'chant-checks-'))
    const server = await startGithubServer({ commits: [SHA], ...options })
    const story = new Story(server, folder, aBeginning(folder, 'journal', workers, notPlanned))
    // To be loaded takes longer than anything that a story is about.
    await story.client()
    return story
  }

  /** The journal of another run on the same GitHub. */
  another(name: string, workers: number, over: Partial<RunInfo> = {}): Journal {
    return aBeginning(this.#folder, name, workers, [], over)
  }

  client(): Promise<GithubClient> {
    return openClient({ token: 'ghs_job', repository: 'octocat/hello', apiUrl: this.server.url })
  }

  show(over: Partial<ChecksOptions> = {}): LiveChecks {
    return new LiveChecks(this.journal, this.client(), { ...SOURCES, mode: 'auto', sha: SHA, ...over })
  }

  prepares(id: SpecId): void {
    this.journal.append({ type: 'worker-preparing', specId: id })
  }

  ends(id: SpecId): void {
    this.journal.append({ type: 'worker-done', specId: id, outcome: { type: 'completed', message: '' } })
  }

  fails(id: SpecId): void {
    this.journal.append({
      type: 'worker-done',
      specId: id,
      outcome: { type: 'exit-non-zero', code: 3, message: 'It exited with code 3' },
    })
  }

  /** Resolves as soon as it is so, looked at after each event. */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.journal.listen(() => void (isSo() && resolve()))
    await promise
  }

  /** How often the journal says so. */
  count(type: string): number {
    return (readJournal(this.journal.path) ?? []).filter((event) => event.type === type).length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.journal[Symbol.dispose]()
    await this.server[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A journal with its first two facts. */
function aBeginning(
  folder: string,
  name: string,
  workers: number,
  notPlanned: readonly NotPlanned[],
  over: Partial<RunInfo> = {},
): Journal {
  const journal = Journal.open(join(folder, `${name}.ndjson`))
  const planned = Array.from({ length: workers }, (_, index) => aWorker({ id: idAt(index + 1) }))
  journal.append({ type: 'run-started', run: aRun({ ...LINKS, checks: { commit: SHA, prefix: '' }, ...over }) })
  journal.append({ type: 'planned', plan: aPlan(planned, { notPlanned }) })
  return journal
}

/** How each check run came to where it is. */
export const states = ({ checkRuns }: GithubServer): readonly (readonly string[])[] =>
  checkRuns.map(({ history }) => history)
