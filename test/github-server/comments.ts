import { ACTIONS_BOT, type Account, user } from './people.ts'

/** A comment on an issue or pull request. */
export interface StoredComment {
  readonly id: number
  readonly issue: number
  readonly author: Account
  readonly body: string
  /** How often it was changed. */
  readonly edits: number
}

/** The comments of a repository, oldest first. */
export class Comments {
  readonly #comments = new Map<number, StoredComment>()
  #made = 0

  get all(): readonly StoredComment[] {
    return [...this.#comments.values()]
  }

  on(issue: number): readonly StoredComment[] {
    return this.all.filter((comment) => comment.issue === issue)
  }

  get(id: number): StoredComment | undefined {
    return this.#comments.get(id)
  }

  create(issue: number, body: string, author: Account = ACTIONS_BOT): StoredComment {
    this.#made += 1
    const comment = { id: 7_000 + this.#made, issue, author, body, edits: 0 }
    this.#comments.set(comment.id, comment)
    return comment
  }

  update(id: number, body: string): StoredComment | undefined {
    const was = this.#comments.get(id)
    if (!was) return undefined
    const comment = { ...was, body, edits: was.edits + 1 }
    this.#comments.set(id, comment)
    return comment
  }

  /** A person takes it away. */
  remove(id: number): void {
    this.#comments.delete(id)
  }
}

/** In GitHub's words. `api` is the repository's address. */
export const shownComment = ({ id, issue, author, body }: StoredComment, api: string) => ({
  id,
  node_id: `IC_${id}`,
  url: `${api}/issues/comments/${id}`,
  html_url: `https://github.com/octocat/hello/pull/${issue}#issuecomment-${id}`,
  issue_url: `${api}/issues/${issue}`,
  user: user(author),
  body,
  created_at: '2026-11-02T08:00:00Z',
  updated_at: '2026-11-02T08:00:00Z',
  author_association: 'NONE',
  performed_via_github_app: null,
})
