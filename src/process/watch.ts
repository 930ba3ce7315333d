import type { ProcessIdentity, ProcessRef } from '../board/event.ts'
import { descendants, isAlive, type ProcessTable } from './snapshot.ts'

/**
 * Remembers who was ever seen below the running processes. Agents start tool shells in sessions of their own and some
 * strip every variable we set, so that after the agent's end nothing but this memory connects them to it.
 */
export class DescendantWatch {
  readonly #trees = new Map<string, { identity: ProcessIdentity; seen: Map<number, string> }>()
  readonly #table: ProcessTable
  readonly #onNoted: (token: string, processes: readonly ProcessRef[]) => void

  constructor(table: ProcessTable, onNoted: (token: string, processes: readonly ProcessRef[]) => void) {
    this.#table = table
    this.#onNoted = onNoted
  }

  follow(token: string, identity: ProcessIdentity): void {
    this.#trees.set(token, { identity, seen: new Map() })
  }

  /** Ends the watch and tells whom it saw. */
  unfollow(token: string): readonly ProcessRef[] {
    const tree = this.#trees.get(token)
    this.#trees.delete(token)
    return tree ? refs(tree.seen) : []
  }

  noted(token: string): readonly ProcessRef[] {
    const tree = this.#trees.get(token)
    return tree ? refs(tree.seen) : []
  }

  /** One scan for all trees. */
  look(): void {
    if (this.#trees.size === 0) return
    const snapshot = this.#table.snapshot()
    for (const [token, { identity, seen }] of this.#trees) {
      const roots = new Set<number>()
      for (const [pid, start] of [[identity.pid, identity.start] as const, ...seen]) {
        const row = snapshot.rows.get(pid)
        if (isAlive(row) && row.start === start) roots.add(pid)
      }
      const fresh = descendants(snapshot, roots).filter((row) => isAlive(row) && seen.get(row.pid) !== row.start)
      if (fresh.length === 0) continue
      for (const row of fresh) seen.set(row.pid, row.start)
      this.#onNoted(
        token,
        fresh.map((row) => ({ pid: row.pid, start: row.start })),
      )
    }
  }
}

const refs = (seen: ReadonlyMap<number, string>): readonly ProcessRef[] =>
  [...seen].map(([pid, start]) => ({ pid, start }))
