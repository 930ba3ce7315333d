import { WHOLE_RUN } from '../board/board.ts'
import { annotationBatches, type CheckPayload } from '../report/check-run.ts'
import { lesserChecks, plainCheck } from '../report/lesser-check.ts'
import { clip, sentence } from '../report/visible.ts'
import { ok, type Result } from '../result.ts'
import type { Journal } from '../shell/journal.ts'
import type { FoundCheckRun, GithubClient, GithubProblem, Written } from './client.ts'
import { isAboutContent } from './refusal.ts'
import type { Turn } from './writer.ts'

export interface CheckPlace {
  readonly journal: Journal
  readonly client: Promise<GithubClient>
  /** Commit that the check runs belong to. */
  readonly sha: string
  /** Another process wrote before this one, and may not have lived to hear the answer. */
  readonly takesOver: boolean
  /** Whether one that is not there is made. */
  readonly makes: boolean
}

/**
 * Brings the check run with this key on the board to what `check` says: makes it where it is not there, and notes in the journal what
 * GitHub has confirmed. Annotations belong to the last write: GitHub adds up what it gets. What GitHub does not take is left out and
 * said, so that the check run has its end.
 */
export async function writeCheck(
  place: CheckPlace,
  key: string,
  check: CheckPayload,
  turn: Turn,
): Promise<Result<unknown, GithubProblem>> {
  const client = await place.client
  const there = await whatIsThere(place, client, key, check, turn)
  if (!there.ok) return there
  if (!there.value && !place.makes) return ok(undefined)
  const [whole, ...lesser] = isRefused(place, key) ? [plainCheck(check)] : lesserChecks(check)
  if (!whole) throw new Error('a check is at least itself')
  const rest = withoutFirst(whole.check, there.value?.annotations ?? 0)
  let answer = await writeOne(place, key, rest, turn, there.value)
  for (const { check: less, without } of lesser) {
    if (answer.ok || !isAboutContent(answer.error) || turn.isClosed()) return answer
    const { error } = answer
    turn.also()
    answer = await writeOne(place, key, less, turn, place.journal.board.checkRuns.get(key))
    if (answer.ok && without && !turn.isClosed()) noteRefused(place, key, without, error)
  }
  return answer
}

/** All the requests of one text. */
async function writeOne(
  place: CheckPlace,
  key: string,
  check: CheckPayload,
  turn: Turn,
  there: Pick<FoundCheckRun, 'id'> | undefined,
): Promise<Result<unknown, GithubProblem>> {
  const client = await place.client
  const [first, ...more] = annotationBatches(check)
  if (!first) throw new Error('a check is at least one request')
  const answer = there ? await client.updateCheckRun(there.id, first) : await client.createCheckRun(place.sha, first)
  if (!answer.ok || turn.isClosed()) return answer
  if (!there) noteCreated(place, key, answer.value)
  for (const batch of more) {
    const added = await client.updateCheckRun(answer.value.id, batch)
    if (!added.ok) return added
    turn.also()
  }
  if (turn.last && !turn.isClosed()) noteCompleted(place, key, answer.value)
  return answer
}

/** The check run as far as it has to be known: after a lost answer GitHub is asked, else our own record is enough. */
async function whatIsThere(
  place: CheckPlace,
  client: GithubClient,
  key: string,
  check: CheckPayload,
  turn: Turn,
): Promise<Result<FoundCheckRun | undefined, GithubProblem>> {
  const { journal, sha, takesOver } = place
  const known = journal.board.checkRuns.get(key)
  const isUncertain = takesOver || turn.failures > 0
  if (known) {
    const mayHaveSome = isUncertain && (check.output.annotations ?? []).length > 0
    return mayHaveSome ? await client.readCheckRun(known.id) : ok({ ...known, annotations: 0 })
  }
  if (!isUncertain) return ok(undefined)
  const since = Math.floor((journal.board.startedAt ?? 0) / 1000) * 1000
  const found = await client.findCheckRun(sha, check, since)
  if (found.ok && found.value && !turn.isClosed()) noteCreated(place, key, found.value)
  return found
}

/** Those that GitHub has are not sent again. */
function withoutFirst(check: CheckPayload, taken: number): CheckPayload {
  const { annotations, ...output } = check.output
  const rest = (annotations ?? []).slice(taken)
  return { ...check, output: rest.length > 0 ? { ...output, annotations: rest } : output }
}

/** What GitHub has not taken once, it is not asked to take again. */
const isRefused = ({ journal }: CheckPlace, key: string): boolean =>
  journal.board.warnings.some(({ code, specId }) => code === 'check-run' && (specId ?? WHOLE_RUN) === key)

function noteRefused({ journal }: CheckPlace, key: string, what: string, { message }: GithubProblem): void {
  const worker = [...journal.board.workers.keys()].find((specId) => specId === key)
  journal.append({
    type: 'warning',
    code: 'check-run',
    message: sentence(`GitHub does not take the ${what} of this check run (422): ${clip(message, 200)}`),
    ...(worker ? { specId: worker } : {}),
  })
}

const idIn = (key: string): { readonly specId?: string } => (key === WHOLE_RUN ? {} : { specId: key })

const noteCreated = ({ journal }: CheckPlace, key: string, { id, url }: Written): void =>
  void journal.append({ type: 'check-run-created', ...idIn(key), id, ...(url ? { url } : {}) })

const noteCompleted = ({ journal }: CheckPlace, key: string, { id }: Written): void =>
  void journal.append({ type: 'check-run-completed', ...idIn(key), id })
