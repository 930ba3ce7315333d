import { fields, listOf } from './limits.ts'
import { actionsApp } from './people.ts'

type Fields = Readonly<Record<string, unknown>>

/** A check run as it stands, and how it came there. */
export interface StoredCheckRun {
  readonly id: number
  readonly headSha: string
  readonly name: string
  readonly externalId: string
  readonly status: string
  readonly conclusion: string | null
  readonly startedAt: string | null
  readonly completedAt: string | null
  readonly title: string | null
  readonly summary: string | null
  readonly text: string | null
  /** All that were ever sent: GitHub adds up. */
  readonly annotations: readonly Fields[]
  /** `queued`, `in_progress`, `completed success`: each once, as they came. */
  readonly history: readonly string[]
}

/** The check runs of a repository. */
export class CheckRuns {
  readonly #runs = new Map<number, StoredCheckRun>()

  get all(): readonly StoredCheckRun[] {
    return [...this.#runs.values()]
  }

  get(id: number): StoredCheckRun | undefined {
    return this.#runs.get(id)
  }

  create(body: Fields): StoredCheckRun {
    const fresh: StoredCheckRun = {
      // As many digits as GitHub's have.
      id: 52_140_000_001 + this.#runs.size,
      headSha: String(body['head_sha']),
      name: String(body['name']),
      externalId: '',
      status: 'queued',
      conclusion: null,
      startedAt: new Date().toISOString(),
      completedAt: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
      history: [],
    }
    return this.#store(fresh, body)
  }

  update(id: number, body: Fields): StoredCheckRun | undefined {
    const run = this.#runs.get(id)
    return run && this.#store(run, body)
  }

  #store(run: StoredCheckRun, body: Fields): StoredCheckRun {
    const output = fields(body['output'])
    const conclusion = word(body['conclusion']) ?? run.conclusion
    const status = conclusion === null ? (word(body['status']) ?? run.status) : 'completed'
    const state = conclusion === null ? status : `${status} ${conclusion}`
    const next: StoredCheckRun = {
      ...run,
      name: word(body['name']) ?? run.name,
      externalId: word(body['external_id']) ?? run.externalId,
      status,
      conclusion,
      startedAt: word(body['started_at']) ?? run.startedAt,
      completedAt: word(body['completed_at']) ?? (status === 'completed' ? new Date().toISOString() : null),
      ...('output' in body
        ? { title: word(output['title']) ?? run.title, summary: word(output['summary']), text: word(output['text']) }
        : {}),
      annotations: [...run.annotations, ...listOf(output['annotations'])],
      history: run.history.at(-1) === state ? run.history : [...run.history, state],
    }
    this.#runs.set(run.id, next)
    return next
  }
}

const word = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** In GitHub's words. `api` is the repository's address. */
export const shownCheckRun = (run: StoredCheckRun, api: string) => ({
  id: run.id,
  node_id: `CR_${run.id}`,
  head_sha: run.headSha,
  external_id: run.externalId,
  url: `${api}/check-runs/${run.id}`,
  html_url: `https://github.com/octocat/hello/runs/${run.id}`,
  details_url: null,
  status: run.status,
  conclusion: run.conclusion,
  started_at: run.startedAt,
  completed_at: run.completedAt,
  output: {
    title: run.title,
    summary: run.summary,
    text: run.text,
    annotations_count: run.annotations.length,
    annotations_url: `${api}/check-runs/${run.id}/annotations`,
  },
  name: run.name,
  check_suite: { id: 5 },
  app: actionsApp(),
  pull_requests: [],
})

export const shownAnnotation = (annotation: Fields) => ({
  start_column: null,
  end_column: null,
  title: null,
  raw_details: null,
  blob_href: 'https://github.com/octocat/hello/blob/main/file',
  ...annotation,
})
