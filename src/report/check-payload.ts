/** A remark on lines of a file, as GitHub's REST API takes it. `path` is relative to the repository's top; lines are 1-based. */
export interface CheckAnnotation {
  readonly path: string
  readonly start_line: number
  readonly end_line: number
  readonly start_column?: number
  readonly end_column?: number
  readonly annotation_level: 'notice' | 'warning' | 'failure'
  readonly message: string
  readonly title?: string
}

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'

/**
 * A check run as GitHub's REST API takes it, to create and to update alike (docs.github.com/rest/checks/runs); only `head_sha` is
 * missing. `conclusion` stands exactly with `completed`. Texts are within GitHub's limits, all but the number of annotations:
 * see `annotationBatches`. Times are ISO 8601 in UTC, in seconds.
 */
export interface CheckPayload {
  readonly name: string
  readonly external_id: string
  readonly details_url?: string
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion?: CheckConclusion
  readonly started_at?: string
  readonly completed_at?: string
  readonly output: {
    readonly title: string
    readonly summary: string
    readonly text?: string
    readonly annotations?: readonly CheckAnnotation[]
  }
}

/** GitHub counts characters; bytes are never fewer. */
export const OUTPUT_BYTES = 65_535
/** Names and titles, in characters. */
export const NAME_LENGTH = 255
/** Nobody reads more, and each request takes from what the other check runs may write. */
export const MOST_ANNOTATIONS = 200
/** In one request; those of the next one are added to them. */
const ANNOTATIONS = 50

/**
 * The requests that one payload needs: GitHub takes 50 annotations in each and adds up what it gets, so each is sent once. The
 * first request says everything; the others repeat it with the next annotations.
 */
export function annotationBatches(check: CheckPayload): readonly CheckPayload[] {
  const all = check.output.annotations ?? []
  if (all.length <= ANNOTATIONS) return [check]
  const requests = Math.ceil(all.length / ANNOTATIONS)
  return Array.from({ length: requests }, (_, i) => {
    const annotations = all.slice(i * ANNOTATIONS, (i + 1) * ANNOTATIONS)
    return { ...check, output: { ...check.output, annotations } }
  })
}
