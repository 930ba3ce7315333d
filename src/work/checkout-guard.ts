import { differences, type Fingerprint, fingerprint } from '../git/checkout-fingerprint.ts'
import type { RunRepository } from '../git/run-repository.ts'
import type { WorkspaceRepository } from '../git/workspace-repository.ts'
import type { SpecId } from '../spec/spec.ts'

/** A change of the main checkout, and the workers that were alive while it may have happened. */
export interface Touched {
  readonly files: readonly string[]
  /** By their ids: who of them came first is chance. */
  readonly suspects: readonly SpecId[]
}

/**
 * Watches over the main checkout: workers have worktrees of their own and no business there. Alone with it, a worker is
 * to blame for a change; among several nobody can tell.
 */
export class CheckoutGuard {
  readonly #lookNow: () => Promise<Fingerprint | undefined>
  readonly #besides: ReadonlySet<string>
  #last: Fingerprint | undefined
  readonly #alive = new Set<SpecId>()
  #since = new Set<SpecId>()
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    lookNow: () => Promise<Fingerprint | undefined>,
    first: Fingerprint | undefined,
    besides: ReadonlySet<string>,
  ) {
    this.#lookNow = lookNow
    this.#last = first
    this.#besides = besides
  }

  /** `besides`: paths (relative to the repository's top) that people may edit meanwhile, the specs themselves. */
  static async start(
    workspace: WorkspaceRepository,
    repository: RunRepository,
    besides: ReadonlySet<string> = new Set(),
  ): Promise<CheckoutGuard> {
    const lookNow = () => fingerprint(workspace, repository)
    return new CheckoutGuard(lookNow, await lookNow(), besides)
  }

  enter(specId: SpecId): void {
    this.#alive.add(specId)
    this.#since.add(specId)
  }

  /** A worker's commands have ended. Answers what changed since the last look, if anything did. */
  async leave(specId: SpecId): Promise<Touched | undefined> {
    const looked = this.#queue.then(() => {
      this.#alive.delete(specId)
      return this.#look()
    })
    this.#queue = looked.catch(() => undefined)
    return await looked
  }

  async #look(): Promise<Touched | undefined> {
    const suspects = [...this.#since].sort()
    const now = await this.#lookNow()
    this.#since = new Set(this.#alive)
    if (!now || !this.#last) return undefined
    const files = differences(this.#last, now).filter((file) => !this.#besides.has(file))
    this.#last = now
    return files.length > 0 ? { files, suspects } : undefined
  }
}
