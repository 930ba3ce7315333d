/** `YYYY-MM-DD` on the clock of this machine: chant numbers ids, and finds them by number, by the local day. */
export function localDay(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
