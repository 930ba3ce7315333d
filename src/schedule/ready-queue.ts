/**
 * A priority queue that is never changed: `insert` and `removeFirst` answer with a new one and share the rest, in logarithmic
 * time (a leftist heap). The smallest number comes first.
 */
export type ReadyQueue = {
  readonly first: number
  /** Steps to the nearest empty place: the right side is always the one with fewer. */
  readonly rank: number
  readonly left: ReadyQueue
  readonly right: ReadyQueue
} | null

export const emptyQueue: ReadyQueue = null

export const insert = (queue: ReadyQueue, value: number): ReadyQueue =>
  merge(queue, { first: value, rank: 1, left: null, right: null })

export const removeFirst = (queue: ReadyQueue): ReadyQueue => (queue === null ? null : merge(queue.left, queue.right))

function merge(a: ReadyQueue, b: ReadyQueue): ReadyQueue {
  if (a === null) return b
  if (b === null) return a
  if (b.first < a.first) return merge(b, a)
  const merged = merge(a.right, b)
  const [left, right] = (a.left?.rank ?? 0) >= (merged?.rank ?? 0) ? [a.left, merged] : [merged, a.left]
  return { first: a.first, rank: (right?.rank ?? 0) + 1, left, right }
}
