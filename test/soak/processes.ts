import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A live process that carries a round's mark. */
export interface Marked {
  readonly pid: number
  readonly command: string
}

/** Live processes with the path in their command line, environment or directory; this process left out. Linux only. */
export const marked = (path: string): readonly Marked[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((name) => {
      const of = (read: () => string): string => {
        try {
          return read()
        } catch {
          // It ended between two looks.
          return ''
        }
      }
      const command = of(() => readFileSync(`/proc/${name}/cmdline`, 'utf8'))
      const rest = () => [
        of(() => readFileSync(`/proc/${name}/environ`, 'utf8')),
        of(() => readlinkSync(`/proc/${name}/cwd`)),
      ]
      if (!command.includes(path) && !rest().some((text) => text.includes(path))) return []
      const stat = of(() => readFileSync(`/proc/${name}/stat`, 'utf8'))
      const state = stat.charAt(stat.lastIndexOf(')') + 2)
      return state === '' || state === 'Z' || state === 'X'
        ? []
        : [{ pid: Number(name), command: command.replaceAll('\0', ' ').trim().slice(0, 200) }]
    })
