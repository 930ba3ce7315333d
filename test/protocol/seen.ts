import { processesOf } from './machine.ts'
import type { Main, Recoverer, World } from './world.ts'

/** The worlds that were reached, so that each is looked at once. Two worlds with one key cannot be told apart by anybody. */
export class Seen {
  readonly #keys = new Map<number, Set<number>>()
  readonly #mains = new Numbers(4096, keyOfMain)
  readonly #recoverers = new Numbers(64, ({ phase, at }: Recoverer) => `${phase} ${at}`)
  size = 0

  /** False where it was there already. Keys are numbers because a million texts would take most of the time. */
  add(world: World): boolean {
    const { journal, main, post, next, forked, files, lock, budget } = world
    let inner = processesOf(world)
    for (const recoverer of [post, next]) inner = inner * 64 + this.#recoverers.of(recoverer)
    inner = inner * 64 + (lock ? lock.pid % 64 : 0)
    for (const flag of [forked[0], forked[1], files[0] !== 0, files[1] !== 0]) inner = inner * 2 + (flag ? 1 : 0)
    for (const left of [budget.crashes, budget.deletions, budget.reuses, budget.signals]) inner = inner * 3 + left
    if (inner > Number.MAX_SAFE_INTEGER) throw new Error('a key is too long to be exact')
    const inners = this.#innersOf(journal.id * 4096 + this.#mains.of(main))
    if (inners.has(inner)) return false
    inners.add(inner)
    this.size += 1
    return true
  }

  #innersOf(outer: number): Set<number> {
    const known = this.#keys.get(outer)
    if (known) return known
    const made = new Set<number>()
    this.#keys.set(outer, made)
    return made
  }
}

/** Gives equal things the same number below a limit; nothing is 0. */
class Numbers<T extends object> {
  readonly #byText = new Map<string, number>()
  readonly #byObject = new WeakMap<T, number>()
  readonly #limit: number
  readonly #text: (value: T) => string

  constructor(limit: number, text: (value: T) => string) {
    this.#limit = limit
    this.#text = text
  }

  of(value: T | undefined): number {
    if (!value) return 0
    const known = this.#byObject.get(value)
    if (known !== undefined) return known
    const text = this.#text(value)
    const number = this.#byText.get(text) ?? this.#byText.size + 1
    if (number >= this.#limit) throw new Error('more different things than a key has place for')
    this.#byText.set(text, number)
    this.#byObject.set(value, number)
    return number
  }
}

function keyOfMain({ phase, at, aborted, scheduler, pending }: Main): string {
  const waiting = pending.map((action) => (action.type === 'finish' ? 'finish' : `${action.type} ${action.specId}`))
  return `${phase} ${at} ${aborted} ${scheduler.left} ${[...scheduler.running]} ${scheduler.stopping?.cause} ${waiting}`
}
