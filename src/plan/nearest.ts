/** At most three ids that the text was probably meant for: those with a part that is most like it. */
export function nearest(text: string, ids: readonly string[]): readonly string[] {
  const distances = ids.map((id) => ({ id, distance: distanceWithin(text, id) }))
  const least = distances.reduce((least, { distance }) => Math.min(least, distance), Number.POSITIVE_INFINITY)
  const bearable = Math.min(least + 1, Math.max(1, Math.floor(text.length / 3)))
  const difference = (id: string): number => Math.abs(id.length - text.length)
  return distances
    .filter(({ distance }) => distance <= bearable)
    .sort((a, b) => a.distance - b.distance || difference(a.id) - difference(b.id))
    .slice(0, 3)
    .map(({ id }) => id)
}

/**
 * Edit distance between the text and the part of the id that is most like it, so that a few letters with one wrong are
 * near to a long id: as Levenshtein's, but what stands before and behind that part costs nothing.
 */
function distanceWithin(text: string, id: string): number {
  let row = new Array<number>(id.length + 1).fill(0)
  for (let i = 1; i <= text.length; i++) {
    const next = [i]
    for (let j = 1; j <= id.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (text[i - 1] === id[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return Math.min(...row)
}
