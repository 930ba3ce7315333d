import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClient } from '../../src/github/client.ts'
import { type ChecksOptions, LiveChecks } from '../../src/github/live-checks.ts'
import { commentMarker } from '../../src/report/comment.ts'
import { Journal, readJournal } from '../../src/shell/journal.ts'
import type { SpecId } from '../../src/spec/spec.ts'
import { aPlan, aWorker, specId } from '../builders.ts'
import { type GithubServer, type GithubServerOptions, startGithubServer } from '../github-server/server.ts'
import { aRun } from '../report/board-fixture.ts'

/** The commit of a story. */
const SHA = 'c'.repeat(40)
export const MARKER = commentMarker('chant')
export const idAt = (number: number): SpecId => specId(`2026-11-02-${String(number).padStart(3, '0')}-abc`)

/** The reporter with the real client and a real journal; only the run itself is told, not worked. */
export class Story implements AsyncDisposable {
  readonly server: GithubServer
  readonly journal: Journal
  readonly #folder = mkdtempSync(join(tmpdir(), 'chant-checks-'))

  private constructor(server: GithubServer, workers: number) {
    this.server = server
    this.journal = Journal.open(join(this.#folder, 'journal.ndjson'))
    const planned = Array.from({ length: workers }, (_, index) => aWorker({ id: idAt(index + 1) }))
    this.journal.append({ type: 'run-started', run: aRun() })
    this.journal.append({ type: 'planned', plan: aPlan(planned) })
  }

  static async tell(workers: number, options: GithubServerOptions = {}): Promise<Story> {
    return new Story(await startGithubServer({ commits: [SHA], ...options }), workers)
  }

  show(over: Partial<ChecksOptions> = {}): LiveChecks {
    const client = openClient({ token: 'ghs_job', repository: 'octocat/hello', apiUrl: this.server.url })
    return new LiveChecks(this.journal, client, {
      mode: 'auto',
      sha: SHA,
      prefix: '',
      tail: () => ['the last line'],
      criteria: () => undefined,
      clean: (text) => text,
      ...over,
    })
  }

  prepares(id: SpecId): void {
    this.journal.append({ type: 'worker-preparing', specId: id })
  }

  ends(id: SpecId): void {
    this.journal.append({ type: 'worker-done', specId: id, outcome: { type: 'completed', message: '' } })
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

/** How each check run came to where it is. */
export const states = ({ checkRuns }: GithubServer): readonly (readonly string[])[] =>
  checkRuns.map(({ history }) => history)
