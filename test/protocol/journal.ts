import { apply, type Board, emptyBoard } from '../../src/board/board.ts'
import type { EventBody } from '../../src/board/event.ts'
import type { SpecId } from '../../src/spec/spec.ts'

/** A journal as far as anybody can tell it from another: the real reducer's board, and how many ends each worker was given. */
export interface Journal {
  readonly id: number
  readonly board: Board
  readonly ends: ReadonlyMap<SpecId, number>
}

/**
 * All journals of a search, each board once: the real reducer is asked once for each board and event, and equal boards
 * have equal ids. Time stands still, because no decision about processes may depend on it.
 */
export class Journals {
  readonly #byText = new Map<string, Journal>()
  readonly #next = new Map<EventBody, Map<number, Journal>>()
  readonly empty: Journal = this.#intern(emptyBoard, new Map())

  /** Events are told apart as objects: `cast.ts` makes each once. */
  append(journal: Journal, body: EventBody): Journal {
    const nexts = this.#next.get(body) ?? new Map<number, Journal>()
    this.#next.set(body, nexts)
    const known = nexts.get(journal.id)
    if (known) return known
    const ends =
      body.type === 'worker-done'
        ? new Map(journal.ends).set(body.specId, (journal.ends.get(body.specId) ?? 0) + 1)
        : journal.ends
    const next = this.#intern(apply(journal.board, { at: '2026-11-02T10:31:00.000Z', ...body }), ends)
    nexts.set(journal.id, next)
    return next
  }

  /** Remarks are for people: no decision reads them. */
  #intern(board: Board, ends: ReadonlyMap<SpecId, number>): Journal {
    const { recovered: _, warnings: __, ...facts } = board
    const text = JSON.stringify([facts, ends], inOrder)
    const known = this.#byText.get(text)
    if (known) return known
    const journal = { id: this.#byText.size, board, ends }
    this.#byText.set(text, journal)
    return journal
  }
}

/** Two workers' events in another order make the same board, though its maps were filled in another order. */
function inOrder(_: string, value: unknown): unknown {
  if (!(value instanceof Map)) return value
  return [...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
