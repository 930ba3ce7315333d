import { commentBody, isCommentWorthy } from '../report/comment.ts'
import { ok, type Result } from '../result.ts'
import { cleanBoard } from '../shell/clean-board.ts'
import type { Journal } from '../shell/journal.ts'
import type { GithubClient, GithubProblem } from './client.ts'
import type { Turn } from './writer.ts'

export interface CommentPlace {
  readonly journal: Journal
  readonly client: Promise<GithubClient>
  /** The pull request's number. */
  readonly issue: number
  /** From `commentMarker`. */
  readonly marker: string
  readonly clean: (text: string) => string
}

/** The one comment of a workflow on a pull request: found or made by the first write, and edited from then on. */
export class Comment {
  readonly #place: CommentPlace
  #id: number | undefined

  constructor(place: CommentPlace) {
    this.#place = place
    this.#id = place.journal.board.comment?.id
  }

  async write(turn: Turn): Promise<Result<unknown, GithubProblem>> {
    const answer = await this.#write(turn)
    if (answer.ok || answer.error.status !== 404 || this.#id === undefined) return answer
    // Somebody removed it: another one is made.
    this.#id = undefined
    turn.also()
    return await this.#write(turn)
  }

  async #write(turn: Turn): Promise<Result<unknown, GithubProblem>> {
    const { journal, issue, marker, clean } = this.#place
    const client = await this.#place.client
    const words = commentBody(cleanBoard(journal.board, { clean }), { now: Date.now(), marker })
    // The marker is what the next run looks for, and no text of anybody.
    const body = marker + clean(words.slice(marker.length))
    if (this.#id === undefined) {
      const found = await client.findComment(issue, marker)
      if (!found.ok) return found
      this.#id = found.value
    }
    // A run that has nothing to say makes no comment; it only corrects an older one.
    if (this.#id === undefined && !isCommentWorthy(journal.board)) return ok(undefined)
    const answer =
      this.#id === undefined ? await client.createComment(issue, body) : await client.updateComment(this.#id, body)
    if (!answer.ok) return answer
    const { id, url } = answer.value
    this.#id = id
    if (!turn.isClosed() && journal.board.comment?.id !== id)
      journal.append({ type: 'comment-written', id, ...(url ? { url } : {}) })
    return answer
  }
}
