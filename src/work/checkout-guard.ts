import { differences, type Fingerprint, fingerprint } from '../git/checkout-fingerprint.ts'
import type { WorkspaceRepository } from '../git/workspace-repository.ts'
import type { SpecId } from '../spec/spec.ts'

/** A change of the main checkout, and the workers that were alive while it may have happened. */
export interface Touched {
  readonly files: readonly string[]
  readonly suspects: readonly SpecId[]
}

/**
 * Watches over the main checkout: workers have worktrees of their own and no business there. Alone with it, a worker is
 * to blame for a change; among several nobody can tell.
 */
export class CheckoutGuard {
  readonly #workspace: WorkspaceRepository
  readonly #besides: ReadonlySet<string>
  #last: Fingerprint | undefined
  #alive = new Set<SpecId>()
  #since = new Set<SpecId>()
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(workspace: WorkspaceRepository, first: Fingerprint | undefined, besides: ReadonlySet<string>) {
    this.#workspace = workspace
    this.#last = first
    this.#besides = besides
  }

  /** `besides`: paths (relative to the repository's top) that people may edit meanwhile, the specs themselves. */
  static async start(workspace: WorkspaceRepository, besides: ReadonlySet<string> = new Set()): Promise<CheckoutGuard> {
    return new CheckoutGuard(workspace, await fingerprint(workspace), besides)
  }

  enter(specId: SpecId): void {
    this.#alive.add(specId)
    this.#since.add(specId)
  }

  /** A worker's commands have ended. Answers what changed since the last look, if anything did. */
  async leave(specId: SpecId): Promise<Touched | undefined> {
    const looked = this.#queue.then(() => this.#look())
    this.#queue = looked
    const touched = await looked
    this.#alive.delete(specId)
    return touched
  }

  async #look(): Promise<Touched | undefined> {
    const suspects = [...this.#since]
    const now = await fingerprint(this.#workspace)
    this.#since = new Set(this.#alive)
    if (!now || !this.#last) return undefined
    const files = differences(this.#last, now).filter((file) => !this.#besides.has(file))
    this.#last = now
    return files.length > 0 ? { files, suspects } : undefined
  }
}
